"""How somebody comes in: invited by e-mail, with a second factor of their own, and a passkey; and losing it."""

from __future__ import annotations

import base64
import email
import re
import time
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import expect

from tests.journeys.browser import give_password, sign_out
from tests.journeys.journey import Journey
from tests.journeys.stack import Stack

SENT_SECONDS = 60
ADDRESS, PASSWORD = "nia@northshire.example", "a gate of my own making"
TOUCHED = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def nia_is_invited_and_signs_in(journey: Journey, stack: Stack) -> str:
    """Gives one of her recovery codes."""
    page = journey.as_("sam")
    page.goto("/organisations/")
    journey.look("organisations")
    page.get_by_role("link", name="Northshire University").click()
    journey.look("organisation-edit")
    page.goto("/invitations/new")
    page.locator("[name=email]").fill(ADDRESS)
    page.locator("[name=organisation]").select_option(label="Northshire University")
    journey.look("invitation-new")
    page.get_by_role("button", name="Invite").click()
    expect(page.locator(".gh-status")).to_contain_text("Sent")
    journey.look("invitation")
    page.goto("/invitations/")
    journey.look("invitations")

    sign_out(page)
    link = link_for(ADDRESS, stack.data / "mail")
    page.goto(link)
    page.locator("[name=name]").fill("Nia")
    page.locator("[name=password]").fill(PASSWORD)
    journey.look("invited")
    page.get_by_role("button", name="Make my account").click()
    expect(page.locator("h1")).to_have_text("Set up a second factor")
    journey.look("second-factor-none")
    page.goto("/projects/")
    expect(page.locator("h1")).to_have_text("Set up a second factor")
    page.get_by_role("link", name="Set up an authenticator app").click()
    journey.look("second-factor-app")
    page.locator("[name=code]").fill(code_for(page.locator("#secret").inner_text()))
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    recovery = page.locator("#recovery-codes li").first.inner_text()
    journey.look("recovery-codes")
    page.get_by_role("button", name="I have kept them").click()
    expect(page.locator("header")).to_contain_text("Nia")
    page.goto("/you/sessions")
    expect(page.locator("main")).to_contain_text("This one")
    journey.look("sessions")
    page.get_by_role("button", name="Sign out everywhere").click()
    page.goto(link)
    expect(page.locator("h1")).to_have_text("This link does not work any more")
    journey.look("invitation-over")
    return recovery


def nia_uses_a_passkey(journey: Journey, stack: Stack, recovery: str) -> None:
    """Under the name localhost, for which browsers make passkeys; with a device that confirms what it is asked."""
    page, here = journey.page, stack.address.replace("127.0.0.1", "localhost").rstrip("/")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": TOUCHED})
    give_password(page, ADDRESS, PASSWORD, at=here)
    page.locator("[name=code]").fill(recovery)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{here}/")
    page.goto(f"{here}/you/second-factor/passkeys/add")
    journey.look("passkey-add")
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url("**/you/second-factor/")
    journey.look("second-factor")
    page.goto(f"{here}/you/second-factor/passkeys/")
    journey.look("passkeys")
    page.get_by_role("link", name="Rename").click()
    page.locator("[name=name]").fill("My laptop")
    journey.look("passkey-rename")
    page.get_by_role("button", name="Save").click()
    for way in ("password", "code"):
        page.goto(f"{here}/confirm/{way}?next=/you/sessions")
        journey.look(f"confirm-{way}")
    page.goto(f"{here}/confirm/passkey?next=/you/sessions")
    journey.look("confirm-passkey")
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url(f"{here}/you/sessions")  # the page before has this address as its `next`

    sign_out(page)
    give_password(page, ADDRESS, PASSWORD, at=here)
    journey.look("sign-in-code")
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url(f"{here}/")
    for address, name in (
        ("recovery-codes/new", "recovery-codes-new"),
        ("app/remove", "second-factor-app-remove"),
    ):
        page.goto(f"{here}/you/second-factor/{address}")
        journey.look(name)
    page.goto(f"{here}/you/second-factor/passkeys/")
    page.get_by_role("link", name="Remove").click()
    journey.look("passkey-remove")
    page.get_by_role("button", name="Remove it").click()
    expect(page.locator("main")).to_contain_text("You have none")
    sign_out(page)


def coral_loses_her_phone(journey: Journey) -> None:
    """Asked for by research support, stopped by her the first time, and done by an operator the second."""
    sam_asks_for_a_reset(journey)
    page = journey.as_("coral")
    page.goto("/you/")
    page.get_by_role("link", name="Read of it").click()
    journey.look("factor-reset-of-mine")
    page.get_by_role("button", name="Stop it").click()
    expect(page.locator("main")).to_contain_text("You stopped the reset")
    sam_asks_for_a_reset(journey)
    page = journey.as_("otto")
    journey.open_waiting("reset of a second factor")
    journey.look("factor-reset")
    page.get_by_role("button", name="Decide on it").click()
    journey.look("factor-reset-decide")
    journey.decide("Refuse it", "Nobody answers at her organisation.")
    expect(page.locator(".gh-status")).to_contain_text("Refused")


def sam_asks_for_a_reset(journey: Journey) -> None:
    page = journey.as_("sam")
    page.goto("/people/?words=coral")
    page.get_by_role("link", name="Coral", exact=True).click()
    page.get_by_role("button", name="Reset the second factor").click()
    journey.look("factor-reset-ask")
    page.locator("[name=because]").fill("Compared with her identity card in a video call.")
    page.get_by_role("button", name="Ask for the reset").click()
    expect(page.locator(".gh-status")).to_contain_text("Asked")


def link_for(address: str, folder: Path) -> str:
    """Where the newest message to this address leads, once a worker has sent it."""
    until = time.monotonic() + SENT_SECONDS
    while time.monotonic() < until:
        if found := newest_link(address, folder):
            return found
        time.sleep(0.5)
    raise AssertionError(f"no message to {address} in {folder}")


def newest_link(address: str, folder: Path) -> str:
    """The same as it is now, or "", read from the files that the demonstration writes."""
    for file in sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True):
        message = email.message_from_bytes(file.read_bytes().rpartition(b"-" * 79)[0])
        body = message.get_payload(decode=True).decode()
        if message["To"] == address and (found := re.search(r"https?://\S+/invited/\S+", body)):
            return found[0]
    return ""


def code_for(secret: str) -> str:
    """The present code of a secret as it stands on the page, by another library than the portal's."""
    key = base64.b32decode(secret.replace(" ", ""))
    return TOTP(key, 6, SHA1(), 30, enforce_key_length=False).generate(int(time.time())).decode()
