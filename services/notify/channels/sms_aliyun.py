"""Text messages by Aliyun: a template that Aliyun has approved, filled in with the facts of a notice.

Code OK says that Aliyun took the message, and the network of the telephone answers later: the best outcome is
*accepted, not confirmed*. A link is no value that a template takes; it is part of the template, if at all.

Source: https://help.aliyun.com/document_detail/55284.htm (SendSms), …/101346.html (codes), …/2593177.html
(signature V3), …/document_detail/120998.html (SmsReport).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from services.domain.addresses import is_fit
from services.domain.notices import AttemptResult
from services.domain.people import ChannelKind
from services.domain.receipts import Receipt, Unreadable
from services.notify.channels.channel import ChannelOutcome, Sending, refused
from services.notify.channels.posting import Answer, Codes, Poster, by_status, written
from services.notify.channels.receiving import instant_of, named, objects, result_of, text_of, words_of
from services.notify.channels.signing import aliyun_authorization, aliyun_headers, canonical_query
from services.notify.channels.wording import parameter

CODES = Codes.of(
    fine="OK",
    passing="isv.BUSINESS_LIMIT_CONTROL isp.* Throttling* ServiceUnavailable Internal*",
    account=(
        "InvalidAccessKeyId* SignatureDoesNotMatch IncompleteSignature NoPermission Forbidden* "
        "isp.RAM_PERMISSION_DENY isv.ACCOUNT_* isv.OUT_OF_SERVICE isv.AMOUNT_NOT_ENOUGH "
        "isv.PRODUCT_UN* isv.SMS_SIGN* isv.SIGN_STATE_ILLEGAL isv.SMS_TEMPLATE* isv.DENY_IP_RANGE "
        "isv.DAY_LIMIT_CONTROL isv.MONTH_LIMIT_CONTROL"
    ),
)
"""BUSINESS_LIMIT_CONTROL: too many to one telephone within a minute, an hour or a day.
DAY_ and MONTH_LIMIT_CONTROL: what the house itself has allowed is used up."""


@dataclass(frozen=True, slots=True)
class AliyunAccount:
    """The account at Aliyun, and which template is filled in with what."""

    key_id: str
    key_secret: str = field(repr=False)
    sign_name: str
    template: str
    params: Mapping[str, str]
    param_most: int


class SmsAliyun:
    """Writes by one account."""

    def __init__(self, poster: Poster, account: AliyunAccount, url: str) -> None:
        self._poster = poster
        self._account = account
        self._url = url.rstrip("/") + "/"

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        if not is_fit(ChannelKind.SMS_ALIYUN, address):
            return refused("address", "no telephone number")
        account = self._account
        params = {
            name: parameter(template, sending, account.param_most)
            for name, template in account.params.items()
        }
        query = canonical_query(
            {
                "PhoneNumbers": address,
                "SignName": account.sign_name,
                "TemplateCode": account.template,
                "TemplateParam": written(params).decode(),
                "OutId": sending.notice.id,
            }
        )
        headers = {
            "host": urlsplit(self._url).netloc,
            "x-acs-action": "SendSms",
            "x-acs-version": "2017-05-25",
            **aliyun_headers(sending.at, secrets.token_hex(16)),
        }
        headers["Authorization"] = aliyun_authorization(account.key_id, account.key_secret, query, headers)
        url = f"{self._url}?{query}"
        return self._poster.talk(
            lambda line: _judged(line.ask("POST", url, b"", headers)), (account.key_secret,)
        )


def _judged(answer: Answer) -> ChannelOutcome:
    said = answer.said()
    if "Code" not in said:  # errors of the gateway have one as well, with another status than 200
        return by_status(answer)
    outcome = CODES.outcome(said["Code"], said.get("Message"), AttemptResult.ACCEPTED_UNCONFIRMED)
    return replace(outcome, reference=text_of(said, "BizId"))


ACKNOWLEDGED = '{"code":0,"msg":"成功"}'
"""What Aliyun wants to hear; after anything else it brings the same again."""


def reads(body: bytes, media_type: str) -> list[Receipt]:
    """The receipts of Aliyun (SmsReport), whose times are those of Beijing."""
    receipts = []
    for said in objects(body, media_type):
        succeeded = said.get("success")
        if str(succeeded).lower() not in ("true", "false"):
            raise Unreadable("expected success, true or false, in each receipt")
        is_delivered = str(succeeded).lower() == "true"
        detail = None if is_delivered else words_of(text_of(said, "err_code"), text_of(said, "err_msg"))
        receipt = Receipt(
            result_of(is_delivered=is_delivered),
            text_of(said, "biz_id"),
            text_of(said, "out_id"),
            instant_of(text_of(said, "report_time")),
            detail,
        )
        receipts.append(named(receipt))
    return receipts
