/** The polls as a participant sees them. */

import { h } from "./dom.js";
import { kindOf } from "./kinds.js";
import { emptiness } from "./parts.js";
import { latestFirst } from "./sorting.js";
import { counted } from "./words.js";

/** Describe the open polls, to vote in, and the closed ones. */
export function pollList(audience) {
  const sorted = latestFirst(audience.polls);
  const open = sorted.filter(({ status }) => status === "open");
  const closed = sorted.filter(({ status }) => status === "closed");
  if (!sorted.length && audience.loaded) {
    return emptiness("No poll yet", "As soon as one opens, it appears here by itself.");
  }
  return [
    open.map((poll) => openPoll(audience, poll)),
    closed.length > 0 && h("h2", { key: "closed", class: "divider" }, "Closed polls"),
    closed.map((poll) => closedPoll(audience, poll)),
  ];
}

function openPoll(audience, poll) {
  const results = audience.results.get(poll.id);
  const canVote = audience.event?.status === "live" && kindOf(poll).fields;
  return h(
    "article",
    { class: "card poll", key: poll.id },
    canVote ? ballot(audience, poll, results) : shownPoll(audience, poll, results),
    foot(poll, results),
  );
}

function ballot(audience, poll, results) {
  const kind = kindOf(poll);
  const problem = audience.writes.problems.get(poll.id);
  const form = {
    draft: audience.draft(poll),
    change: (draft) => audience.fill(poll, draft),
    results,
    vote: audience.votes.get(poll.id) ?? null,
    settings: audience.event.settings,
  };
  const onsubmit = (submitted) => {
    submitted.preventDefault();
    audience.vote(poll);
  };
  const fields = h(
    "form",
    { onsubmit, key: "ballot" },
    h(
      "fieldset",
      { class: "options" },
      h("legend", { class: "prompt", dir: "auto" }, poll.prompt),
      kind.fields(poll, form),
    ),
    problem && h("p", { key: "problem", class: "problem", role: "alert" }, problem),
    ballotActions(audience, poll, form.vote),
  );
  const below = results && kind.below?.(poll, results, form.vote);
  return [fields, below && h("div", { class: "below", key: "below" }, below)];
}

function ballotActions(audience, poll, vote) {
  const { words } = kindOf(poll);
  const busy = audience.writes.busy.get(poll.id);
  const isNew = audience.newVote(poll) !== null;
  const isCounted = vote && !audience.isEdited(poll) && !busy;
  // One button throughout, never truly disabled: it would lose the keyboard's focus.
  return h(
    "div",
    { class: "actions" },
    h(
      "button",
      {
        class: isCounted ? "primary is-done" : "primary",
        "aria-disabled": isNew && !busy ? null : "true",
      },
      busy ?? (isCounted ? words.done : vote ? words.change : words.send),
    ),
    vote &&
      h("button", { type: "button", class: "link", onclick: () => audience.retract(poll) }, "Take it back"),
  );
}

function pollFoot(poll, results) {
  if (results) {
    const voters = counted(results.voters, "person has voted", "people have voted");
    return results.final ? `Final result · ${voters}` : voters;
  }
  if (poll.results_visibility === "after_close" && poll.status === "open") {
    return "Results hidden until the poll closes";
  }
  return poll.results_visibility === "staff" ? "Results hidden" : "Results are on their way";
}

function foot(poll, results) {
  return h("p", { class: "card-foot" }, h("span", null, pollFoot(poll, results)));
}

function shownPoll(audience, poll, results) {
  return [
    h("h3", { class: "prompt", dir: "auto" }, poll.prompt),
    kindOf(poll).results(poll, results, audience.votes.get(poll.id) ?? null),
  ];
}

function closedPoll(audience, poll) {
  const results = audience.results.get(poll.id);
  return h(
    "article",
    { class: "card poll is-closed", key: poll.id },
    shownPoll(audience, poll, results),
    foot(poll, results),
  );
}
