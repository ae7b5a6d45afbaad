"""Every mapped table, so that the metadata is whole."""

from shared.announcements.models import Announcement
from shared.api_keys.models import ApiKey, Organizer
from shared.db.base import Base
from shared.events.models import Event
from shared.feed.models import FeedChange, FeedEntry
from shared.idempotency.models import KeptAnswer
from shared.members.models import Member
from shared.participants.models import Ban, Participant
from shared.polls.models import Poll, PollOption, TextReview, Vote
from shared.questions.models import Question, Reply, Upvote
from shared.quizzes.models import (
    Accommodation,
    Quiz,
    QuizAnswer,
    QuizOption,
    QuizQuestion,
    QuizScore,
)
from shared.reactions.models import Reaction
from shared.tally.models import TallyCounter, TallySubject

TABLES = (
    Organizer,
    ApiKey,
    Event,
    Member,
    Participant,
    Ban,
    FeedEntry,
    FeedChange,
    TallySubject,
    TallyCounter,
    Poll,
    PollOption,
    Vote,
    TextReview,
    Question,
    Reply,
    Upvote,
    Quiz,
    QuizQuestion,
    QuizOption,
    QuizAnswer,
    QuizScore,
    Accommodation,
    Reaction,
    Announcement,
    KeptAnswer,
)
metadata = Base.metadata
