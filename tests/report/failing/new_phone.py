"""An app that keeps the id of a guest's first phone: a guest with a new phone is an error 404."""


class Keys:
    """The app."""

    def __init__(self, seam):
        self._seam = seam
        self._phones = {}

    def remember(self, guest, device_id):
        """A guest has signed in on a phone."""
        self._phones.setdefault(guest, device_id)

    def phone_of(self, guest):
        """The name of the guest's phone."""
        return self._seam.phones.get(device_id=self._phones[guest]).display_name


def test_guest_with_a_new_phone(seam_sandbox, sandbox_phone, seam_client):
    """A lost phone is replaced, and the app shows the new one."""
    app = Keys(seam_client)
    app.remember("Ada", sandbox_phone.device_id)

    with seam_sandbox.deactivated(sandbox_phone, replace=True) as deactivation:
        pass
    app.remember("Ada", deactivation.replacement.device_id)

    assert app.phone_of("Ada") == deactivation.replacement.display_name
