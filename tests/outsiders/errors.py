"""Expecting a refusal."""

import contextlib

import pytest
from botocore.exceptions import ClientError


class Refusal:
    """What a service said instead of a reply."""

    def fill(self, response):
        self.code = response["Error"]["Code"]
        self.message = response["Error"]["Message"]
        self.status = response["ResponseMetadata"]["HTTPStatusCode"]
        self.members = {key: value for key, value in response.items() if key not in ("Error", "ResponseMetadata")}


@contextlib.contextmanager
def refused(*codes):
    """The block has to be refused with one of these codes. The reply was compared with the model on its way here."""
    refusal = Refusal()
    with pytest.raises(ClientError) as caught:
        yield refusal
    refusal.fill(caught.value.response)
    assert refusal.code in codes, f"{refusal.code}: {refusal.message}"
