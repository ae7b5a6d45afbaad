/** The polls as a participant sees them. */

import { h } from "./dom.js";
import { emptiness, note, optionList, tally } from "./parts.js";
import { latestFirst } from "./sorting.js";
import { counted } from "./words.js";

const CHOICE_KINDS = new Set(["single_choice", "multiple_choice"]);

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
  const canVote = audience.event?.status === "live" && CHOICE_KINDS.has(poll.kind);
  return h(
    "article",
    { class: "card poll", key: poll.id },
    canVote ? ballot(audience, poll, results) : notForHere(poll),
    h("p", { class: "card-foot" }, h("span", null, pollFoot(poll, results))),
  );
}

function notForHere(poll) {
  return [
    h("h3", { class: "prompt", dir: "auto" }, poll.prompt),
    CHOICE_KINDS.has(poll.kind) ? null : note("This page cannot show this kind of poll yet."),
  ];
}

function ballot(audience, poll, results) {
  const chosen = audience.choice(poll);
  const busy = audience.writes.busy.get(poll.id);
  const problem = audience.writes.problems.get(poll.id);
  const onsubmit = (submitted) => {
    submitted.preventDefault();
    audience.vote(poll);
  };
  return h(
    "form",
    { onsubmit, key: "ballot" },
    h(
      "fieldset",
      { class: "options" },
      h("legend", { class: "prompt", dir: "auto" }, poll.prompt),
      poll.kind === "multiple_choice" && note(howMany(poll)),
      poll.options.map((option) => choice(audience, poll, option, results, chosen)),
    ),
    problem && h("p", { key: "problem", class: "problem", role: "alert" }, problem),
    ballotActions(audience, poll, chosen, busy),
  );
}

function howMany(poll) {
  const all = poll.max_choices >= poll.options.length;
  return all ? "Choose as many as you like." : `Choose up to ${poll.max_choices}.`;
}

function choice(audience, poll, option, results, chosen) {
  const single = poll.kind === "single_choice";
  const checked = chosen.has(option.id);
  const full = !single && !checked && chosen.size >= poll.max_choices;
  const name = `poll-${poll.id}`;
  const id = `option-${option.id}`;
  return h(
    "div",
    { class: `option can-pick ${checked ? "is-picked" : ""}`, key: option.id },
    h("input", {
      type: single ? "radio" : "checkbox",
      id,
      name,
      checked,
      disabled: full,
      onchange: ({ target }) => audience.pick(poll, option.id, target.checked),
    }),
    h("label", { for: id, class: "option-label", dir: "auto" }, option.label),
    tally(option, results),
  );
}

function ballotActions(audience, poll, chosen, busy) {
  const vote = audience.votes.get(poll.id);
  const isNew = audience.hasNewChoice(poll);
  const isCounted = vote && !isNew && !busy;
  const words = vote ? "Change my vote" : "Vote";
  // One button throughout, never truly disabled: it would lose the keyboard's focus.
  return h(
    "div",
    { class: "actions" },
    h(
      "button",
      {
        class: isCounted ? "primary is-done" : "primary",
        "aria-disabled": chosen.size && isNew && !busy ? null : "true",
      },
      busy ?? (isCounted ? "Your vote is counted" : words),
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

function closedPoll(audience, poll) {
  const results = audience.results.get(poll.id);
  const mine = new Set(audience.votes.get(poll.id));
  return h(
    "article",
    { class: "card poll is-closed", key: poll.id },
    h("h3", { class: "prompt", dir: "auto" }, poll.prompt),
    CHOICE_KINDS.has(poll.kind)
      ? optionList(poll, results, mine)
      : note("This page cannot show this kind of poll yet."),
    h("p", { class: "card-foot" }, h("span", null, pollFoot(poll, results))),
  );
}
