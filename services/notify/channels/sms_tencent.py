"""Text messages by Tencent: a template that Tencent has approved, filled in with the facts of a notice.

A code Ok in the row of the telephone says that Tencent took the message, and the network answers later: the
best outcome is *accepted, not confirmed*. Refusals come as HTTP 200, one of the request or one of its row.

Source: https://cloud.tencent.com/document/api/382/55981 (SendSms), …/382/59177 and …/382/52075 (codes),
https://cloud.tencent.com/document/api/382/52071 (signature v3), …/382/43547 (receipts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from services.domain.addresses import is_fit
from services.domain.notices import AttemptResult
from services.domain.people import ChannelKind
from services.domain.receipts import Receipt, Unreadable
from services.notify.channels.channel import ChannelOutcome, Sending, refused
from services.notify.channels.posting import Answer, Codes, Poster, by_status, written
from services.notify.channels.receiving import instant_of, named, objects, result_of, text_of, words_of
from services.notify.channels.signing import TENCENT_KIND, tencent_authorization
from services.notify.channels.wording import parameter

CODES = Codes.of(
    fine="Ok",
    passing=(
        "RequestLimitExceeded* InternalError* ResourceUnavailable* "
        "LimitExceeded.DeliveryFrequencyLimit LimitExceeded.PhoneNumberThirtySecondLimit "
        "LimitExceeded.PhoneNumberOneHourLimit"
    ),
    account=(
        "AuthFailure* UnauthorizedOperation* FailedOperation.InsufficientBalanceInSmsPackage "
        "FailedOperation.SignatureIncorrectOrUnapproved "
        "FailedOperation.TemplateIncorrectOrUnapproved "
        "FailedOperation.TemplateParamSetNotMatchApprovedTemplate "
        "InvalidParameterValue.SdkAppIdNotExist InternalError.Sig* IpInBlacklist IpNotInWhitelist "
        "LimitExceeded.AppDailyLimit LimitExceeded.AppMainlandChinaDailyLimit"
    ),
)


@dataclass(frozen=True, slots=True)
class TencentAccount:
    """The account at Tencent, and which template is filled in with what."""

    secret_id: str
    secret_key: str = field(repr=False)
    region: str
    app_id: str
    sign_name: str
    template: str
    params: tuple[str, ...]
    param_most: int


class SmsTencent:
    """Writes by one account."""

    def __init__(self, poster: Poster, account: TencentAccount, url: str) -> None:
        self._poster = poster
        self._account = account
        self._url = url.rstrip("/") + "/"

    def send(self, address: str, sending: Sending) -> ChannelOutcome:
        if not is_fit(ChannelKind.SMS_TENCENT, address):
            return refused("address", "no telephone number")
        account = self._account
        body = written(
            {
                "PhoneNumberSet": [address],
                "SmsSdkAppId": account.app_id,
                "SignName": account.sign_name,
                "TemplateId": account.template,
                "TemplateParamSet": [
                    parameter(template, sending, account.param_most) for template in account.params
                ],
                "SessionContext": sending.notice.id,
            }
        )
        host = urlsplit(self._url).netloc
        headers = {
            "Content-Type": TENCENT_KIND,
            "X-TC-Action": "SendSms",
            "X-TC-Version": "2021-01-11",
            "X-TC-Region": account.region,
            "X-TC-Timestamp": str(int(sending.at.timestamp())),
            "Authorization": tencent_authorization(
                account.secret_id, account.secret_key, "sms", host, body, sending.at
            ),
        }
        return self._poster.talk(
            lambda line: _judged(line.ask("POST", self._url, body, headers)), (account.secret_key,)
        )


def _judged(answer: Answer) -> ChannelOutcome:
    response = answer.said().get("Response")
    found = _verdict(response) if isinstance(response, dict) else None
    if found is None:
        return by_status(answer)
    outcome = CODES.outcome(found.get("Code"), found.get("Message"), AttemptResult.ACCEPTED_UNCONFIRMED)
    return replace(outcome, reference=text_of(found, "SerialNo"))


ACKNOWLEDGED = '{"result":0,"errmsg":"OK"}'
"""What Tencent wants to hear."""


def reads(body: bytes, media_type: str) -> list[Receipt]:
    """The receipts of Tencent, which name the serial number alone; their times are those of Beijing."""
    receipts = []
    for said in objects(body, media_type):
        status = said.get("report_status")
        if status not in ("SUCCESS", "FAIL"):
            raise Unreadable("expected report_status, SUCCESS or FAIL, in each receipt")
        is_delivered = status == "SUCCESS"
        receipt = Receipt(
            result_of(is_delivered=is_delivered),
            text_of(said, "sid"),
            at=instant_of(text_of(said, "user_receive_time")) if is_delivered else None,
            detail=None if is_delivered else words_of(text_of(said, "errmsg"), text_of(said, "description")),
        )
        receipts.append(named(receipt))
    return receipts


def _verdict(response: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The error of the request, else the row of the one telephone."""
    rows = response.get("SendStatusSet")
    found = response.get("Error") or (rows[0] if isinstance(rows, list) and rows else None)
    return found if isinstance(found, dict) and "Code" in found else None
