"""Which passwords are good enough, and how they are kept."""

import threading

import pytest

from crm.accounts import passwords
from crm.accounts.passwords import TooBusy, hash_password, password_problem, verify_password


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "eleven-char",
        "password1234",
        "P@ssw0rd2024!!",
        "qwertyuiop123",
        "passwordpassword",
        "iloveyouforever",
        "aaaaaaaaaaaa",
        "121212121212",
        "abcdefghijklmnop",
        "Welcome2024!!",
        "letmeinplease",
        "correcthorsebatterystaple",
        "Kartotek-2026",
        "SummerOf2024!",
        "x" * 201,
    ],
)
def test_guessable_short_and_endless_passwords_are_refused(password: str) -> None:
    assert password_problem(password) is not None


@pytest.mark.parametrize(
    "password", ["quiet-harbour-lantern-41", "żółta łódź płynie", "客服案件與銷售管線的長密碼甲乙丙", "vT9#kq2Lz!wR"]
)
def test_unrelated_words_in_any_script_are_taken(password: str) -> None:
    assert password_problem(password) is None


def test_a_password_made_of_ones_own_name_is_refused() -> None:
    assert password_problem("annikalindqvist", ("Annika Lindqvist", "al@example.com")) is not None
    assert password_problem("lindqvist@harbor", ("Annika Lindqvist", "al@harbor.se")) is not None


def test_a_hash_is_argon2id_and_never_the_same_twice() -> None:
    first, second = hash_password("quiet-harbour-lantern-41"), hash_password("quiet-harbour-lantern-41")
    assert first.startswith("$argon2id$")
    assert first != second
    assert verify_password(first, "quiet-harbour-lantern-41")
    assert not verify_password(first, "quiet-harbour-lantern-42")


def test_one_password_in_two_spellings_of_unicode_is_one() -> None:
    assert verify_password(hash_password("caf\u00e9 au lait 1234"), "cafe\u0301 au lait 1234")


def test_nobody_can_sign_in_without_a_password() -> None:
    assert not verify_password(None, "nobody has this password")
    assert not verify_password("not a hash", "anything")


def test_the_hash_for_unknown_people_costs_what_others_cost() -> None:
    parameters = "$argon2id$v=19$m=32768,t=2,p=1$"
    assert passwords.NOBODYS_HASH.startswith(parameters)


def test_at_most_two_hashings_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    with passwords._Turn(), passwords._Turn():
        refused: list[bool] = []

        def third() -> None:
            try:
                hash_password("quiet-harbour-lantern-41")
            except TooBusy:
                refused.append(True)

        thread = threading.Thread(target=third)
        thread.start()
        thread.join()
    assert refused == [True]
    assert hash_password("quiet-harbour-lantern-41")
