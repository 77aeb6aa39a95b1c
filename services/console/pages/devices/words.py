"""Words of the pages of devices: each step, task, piece of advice and fault."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from services.console.pages.devices.terms import Advice, FormFaultKind, Reach, Show, StepKind, Task
from services.console.pages.saying import said

DEVICE_WORDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    Show: {
        Show.ALL: said("All in use"),
        Show.NEVER: said("Never heard"),
        Show.SILENT: said("Fallen silent"),
        Show.LOW: said("Battery low"),
        Show.RETIRED: said("No longer here"),
    },
    StepKind: {
        StepKind.REGISTERED: said("Registered"),
        StepKind.CREDENTIALS: said("Credentials made"),
        StepKind.HEARD: said("Its first message"),
        StepKind.PRESSED: said("A test press"),
        StepKind.FALL: said("A fall tried out"),
        StepKind.SMOKE: said("Smoke tried out"),
        StepKind.GAS: said("Gas tried out"),
        StepKind.LEAK: said("Water noticed"),
        StepKind.IN_BED: said("Somebody lay down"),
        StepKind.OUT_OF_BED: said("Somebody got up"),
        StepKind.MOVED: said("Movement noticed"),
        StepKind.OPENED: said("The door opened"),
        StepKind.CLOSED: said("The door closed"),
        StepKind.TOLD: said("A person was told"),
        StepKind.ANSWERED: said("A person answered"),
    },
    Reach: {
        Reach.DELIVERED: said("arrived"),
        Reach.UNCONFIRMED: said("handed on, nobody knows whether it arrived"),
        Reach.UNDER_WAY: said("on its way"),
        Reach.FAILED: said("did not arrive"),
    },
    Task: {
        Task.MAKE_CREDENTIALS: said("Make credentials, and enter them into the device."),
        Task.ENTER_CREDENTIALS: said(
            "Enter the credentials into the device and switch it on. Its first message shows here by itself."
        ),
        Task.SWITCH_ON: said("Switch it on. Its first message shows here by itself."),
        Task.PRESS: said("Press the button, as somebody would who needs help."),
        Task.REPORT: said("Make it report, as its manual says."),
        Task.WET: said("Touch its contacts with a wet cloth."),
        Task.LIE_DOWN: said("Lie down on the bed for a minute."),
        Task.GET_UP: said("Get up, and stay up for a minute."),
        Task.WALK_PAST: said("Walk past it."),
        Task.OPEN_IT: said("Open the door."),
        Task.CLOSE_IT: said("Close the door."),
        Task.WAIT_FOR_TELLING: said("It arrived. Somebody is being told."),
        Task.WAIT_FOR_ANSWER: said("Now whoever was told answers on their phone."),
    },
    Advice: {
        Advice.BATTERY: said("Is it switched on? Is the battery full, and in the right way round?"),
        Advice.WIFI: said("Is it in the Wi-Fi of the home? Do other things reach the network there?"),
        Advice.SPELLING: said(
            "Were user name and password entered to the letter, without a blank? "
            "If in doubt make new credentials."
        ),
        Advice.ADDRESS: said("Was the address of the broker entered as it was shown, with its port?"),
        Advice.GATEWAY: said("Is its gateway on and near enough?"),
        Advice.PAIRED: said("Was it paired with the gateway?"),
        Advice.LABEL: said("Is the label typed exactly as the device or its gateway calls itself?"),
        Advice.PLATFORM: said("Does its maker's platform show it as connected?"),
        Advice.NEARER: said("Try it nearer to the Wi-Fi or the gateway."),
        Advice.LAMP: said("Does its lamp light when it is pressed or touched?"),
        Advice.CHANNEL: said("No way to them has confirmed yet. Their phone may have no network."),
        Advice.TELEPHONE: said("Telephone them. They may have missed it."),
        Advice.ANOTHER_DEVICE: said("Still nothing? Try another device, and take this one back."),
    },
    FormFaultKind: {
        FormFaultKind.NO_LABEL: said("Type or scan what stands on the device."),
        FormFaultKind.LABEL_TOO_LONG: said("A label has at most 200 characters that can be printed."),
        FormFaultKind.NOT_A_NATIVE_NAME: said(
            "Only letters and digits (A-Z, a-z, 0-9), dots, dashes and underscores, at most 64 of them."
        ),
        FormFaultKind.NOT_CARRIED: said("The broker cannot carry this name; the device needs another one."),
        FormFaultKind.TAKEN: said("This label is registered already:"),
        FormFaultKind.NO_TYPE: said("Choose what it is."),
        FormFaultKind.NO_ECOSYSTEM: said("Choose one of these."),
        FormFaultKind.NOT_A_PLACE: said("A place is at most 200 characters long."),
        FormFaultKind.NOBODY: said("Choose somebody who lives here, or nobody in particular."),
        FormFaultKind.NOT_A_GATEWAY: said("Choose a gateway that is registered."),
        FormFaultKind.NOT_A_MAPPING: said("Not a JSON object; it begins with {{ and ends with }}."),
    },
}
