"""The one ASGI application that ECS runs: every endpoint, in one explicit list."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from handlers.announcements import create_announcement, delete_announcement
from handlers.api_keys import create_api_key, list_api_keys, revoke_api_key
from handlers.events import (
    create_event,
    delete_event,
    export_event,
    get_event,
    list_events,
    update_event,
)
from handlers.feed import get_changes, get_history
from handlers.health import get_live, get_ready
from handlers.join import join_event
from handlers.me import get_me
from handlers.members import add_member, revoke_member
from handlers.pages import get_docs_asset, get_page_asset, show_docs, show_page
from handlers.participants import ban_participant, erase_participant, unban_participant
from handlers.polls import (
    cast_vote,
    create_poll,
    delete_poll,
    get_results,
    list_texts,
    retract_vote,
    review_text,
    update_poll,
)
from handlers.questions import (
    ask_question,
    ban_author,
    delete_question,
    merge_question,
    reply_to_question,
    retract_upvote,
    unban_author,
    unmerge_question,
    update_question,
    upvote_question,
)
from handlers.quizzes import (
    create_quiz,
    delete_quiz,
    get_leaderboard,
    get_quiz,
    read_clock,
    set_accommodation,
    submit_answer,
    update_quiz,
)
from handlers.reactions import send_reaction
from shared.db.engines import close_database
from shared.db.group_commit import drain_queues
from shared.http.app import build_app
from shared.http.garbage import spare_garbage_collection
from shared.http.load import watched_load
from shared.observability import adopt_server_logs, metrics
from shared.secrets import database_address, signing_keys
from shared.settings import get_settings

ENDPOINTS = (
    get_live,
    get_ready,
    show_page,
    get_page_asset,
    show_docs,
    get_docs_asset,
    create_api_key,
    list_api_keys,
    revoke_api_key,
    create_event,
    list_events,
    get_event,
    update_event,
    delete_event,
    export_event,
    add_member,
    revoke_member,
    join_event,
    get_changes,
    get_history,
    get_me,
    create_poll,
    update_poll,
    delete_poll,
    cast_vote,
    retract_vote,
    get_results,
    list_texts,
    review_text,
    create_quiz,
    get_quiz,
    update_quiz,
    delete_quiz,
    submit_answer,
    get_leaderboard,
    read_clock,
    set_accommodation,
    ask_question,
    update_question,
    delete_question,
    reply_to_question,
    merge_question,
    unmerge_question,
    upvote_question,
    retract_upvote,
    ban_author,
    unban_author,
    send_reaction,
    create_announcement,
    delete_announcement,
    ban_participant,
    unban_participant,
    erase_participant,
)


@asynccontextmanager
async def _lifespan() -> AsyncIterator[None]:
    adopt_server_logs()
    settings = get_settings()
    signing_keys(settings)
    database_address(settings)
    spare_garbage_collection()
    async with watched_load():
        yield
    await drain_queues()
    await close_database()
    metrics.flush_if_due(now=True)


# What a whole audience calls in the same second.
DIRECT = (join_event, get_me, cast_vote, submit_answer, upvote_question, send_reaction)

app = build_app(
    [endpoint.router for endpoint in ENDPOINTS],
    direct=[endpoint.router for endpoint in DIRECT],
    lifespan=_lifespan,
)
