/** What a participant sees, described from the state that `audience.js` keeps. */

import { announcementList } from "./announcements.js";
import { pollList } from "./audience_polls_view.js";
import { questionList } from "./audience_questions_view.js";
import { h } from "./dom.js";
import { quizCard } from "./quiz_view.js";
import { masthead, note, statusPill, troubleBanner } from "./parts.js";
import { reactionBar } from "./reactions.js";
import { byStatus } from "./sorting.js";

/** Describe the whole page. */
export function audiencePage(audience) {
  return h(
    "div",
    { class: "audience", key: "audience" },
    masthead(
      h("button", { type: "button", class: "link", onclick: () => audience.leave() }, "Leave"),
    ),
    troubleBanner(audience.trouble),
    h(
      "main",
      { class: "columns", "data-tab": audience.tab },
      eventHeading(audience),
      stage(audience),
      h("section", { class: "column polls", "aria-label": "Polls" }, quizCard(audience), pollList(audience)),
      h("section", { class: "column questions", "aria-label": "Questions" }, questionList(audience)),
    ),
    tabs(audience),
  );
}

function eventHeading({ event, identity }) {
  const who = identity.display_name
    ? ["You are ", h("bdi", null, identity.display_name)]
    : ["You take part without a name"];
  return h(
    "div",
    { class: "event-heading" },
    h("h1", { dir: "auto" }, event?.title ?? "Loading…"),
    h("p", { class: "byline" }, event && statusPill(event.status), " ", who),
    event?.status === "ended" && note("This event has ended. Thank you for taking part."),
  );
}

function stage(audience) {
  const { announcements, event, reactionCounts: counts, reactionProblem: problem, reactions } = audience;
  const reacts = event?.status === "live" && event.settings.reactions_enabled;
  return h(
    "div",
    { class: "stage", key: "stage" },
    announcementList(announcements),
    reacts && reactionBar({ counts, reactions, problem }),
  );
}

function tabs(audience) {
  const unanswered = audience.polls.filter(
    (poll) => poll.status === "open" && !audience.votes.has(poll.id),
  ).length;
  const published = byStatus(audience.questions).published.length;
  const tab = (name, label, count, hint) =>
    h(
      "button",
      {
        type: "button",
        key: name,
        "aria-current": audience.tab === name ? "page" : null,
        onclick: () => audience.show(name),
      },
      label,
      count > 0 && h("span", { class: `count is-${name}` }, count, h("span", { class: "unseen" }, hint)),
    );
  return h(
    "nav",
    { class: "tabs", "aria-label": "Parts of the event" },
    tab("polls", "Polls", unanswered, " to answer"),
    tab("questions", "Questions", published, " asked"),
  );
}
