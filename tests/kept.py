"""A household with a past, put into the real store."""

from skill.app import vault_for
from skill.household.address import connect
from skill.household.models import Household
from skill.household.redis_store import RedisStore
from skill.settings import Settings


def keep(settings: Settings, redis_url: str, conversation: str, home: Household) -> None:
    """Let `home` be what is remembered of the couple whose page has the id `conversation`."""
    client = connect(redis_url)
    vault = vault_for(settings, client)
    store, household = RedisStore(client, vault), vault.household("text", conversation)
    assert store.save(
        household,
        rev=store.load(household, "").rev,
        home=home.to_json(),
        talk=None,
        talk_seconds=0,
        turn_id="",
        reply=None,
    )
