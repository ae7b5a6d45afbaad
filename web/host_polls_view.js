/** The polls as the staff sees them. */

import { h } from "./dom.js";
import { NEW_KINDS } from "./host_kinds.js";
import { textDesk } from "./host_texts_view.js";
import { wordDesk } from "./host_words_view.js";
import { kindOf } from "./kinds.js";
import { statusPill } from "./parts.js";
import { latestFirst } from "./sorting.js";
import { counted } from "./words.js";

const VISIBILITIES = {
  live: "Everyone sees results at once",
  after_close: "Everyone sees results after closing",
  staff: "Only the staff sees results",
};
// Of the other kinds the staff sees what everybody does.
const STAFF_RESULTS = { open_text: textDesk, word_cloud: wordDesk };

/** Describe the form for a new poll, or what opens it, and the polls: open, drafts, closed, archived. */
export function pollDesk(host) {
  const sorted = latestFirst(host.polls);
  const of = (status) =>
    sorted.filter((poll) => poll.status === status).map((poll) => pollCard(host, poll));
  const archived = of("archived");
  const writing = host.isWriting || !sorted.length;
  return [
    host.event && host.event.status !== "ended" && (writing ? newPoll(host) : newPollButton(host)),
    of("open"),
    of("draft"),
    of("closed"),
    archived.length > 0 &&
      h("details", { key: "archived" }, h("summary", null, `Archived (${archived.length})`), archived),
  ];
}

function newPollButton(host) {
  return h("button", { key: "write", type: "button", class: "quiet", onclick: () => host.write() }, "New poll");
}

function newPoll(host) {
  const poll = host.newPoll;
  const change = (changes) => host.update({ newPoll: { ...host.newPoll, ...changes } });
  const busy = host.writes.busy.get("new poll");
  const problem = host.writes.problems.get("new poll");
  const onsubmit = (submitted) => {
    submitted.preventDefault();
    host.createPoll({ openNow: submitted.submitter?.value === "open" });
  };
  return h(
    "form",
    { class: "card new-poll", key: "new", onsubmit },
    h("h2", null, "New poll"),
    kindChoice(poll, change),
    h("label", { for: "new-prompt" }, "Question"),
    h("textarea", {
      id: "new-prompt",
      rows: 2,
      maxlength: 500,
      required: true,
      dir: "auto",
      value: poll.prompt,
      oninput: ({ target }) => change({ prompt: target.value }),
    }),
    NEW_KINDS[poll.kind].fields({ poll, change }),
    h("label", { for: "new-visibility" }, "Results"),
    visibilitySelect(poll.visibility, { id: "new-visibility" }, (visibility) => change({ visibility })),
    problem && h("p", { key: "problem", class: "problem", role: "alert" }, problem),
    busy && h("p", { key: "busy", class: "note" }, busy),
    h(
      "div",
      { class: "actions" },
      host.event?.status === "live" && h("button", { key: "open", class: "primary", value: "open" }, "Open now"),
      h("button", { key: "draft", class: "quiet", value: "draft" }, "Save as draft"),
      host.polls.length > 0 &&
        h("button", { key: "no", type: "button", class: "link", onclick: () => host.update({ isWriting: false }) }, "Cancel"),
    ),
  );
}

function kindChoice(poll, change) {
  return h(
    "fieldset",
    { class: "segments kinds" },
    h("legend", { class: "unseen" }, "Kind of poll"),
    Object.entries(NEW_KINDS).map(([kind, { name }]) =>
      h(
        "label",
        { key: kind },
        h("input", {
          type: "radio",
          name: "kind",
          checked: poll.kind === kind,
          onchange: () => change({ kind }),
        }),
        h("span", null, name),
      ),
    ),
  );
}

function visibilitySelect(chosen, props, onchange) {
  return h(
    "select",
    { ...props, value: chosen, onchange: ({ target }) => onchange(target.value) },
    Object.entries(VISIBILITIES).map(([value, words]) => h("option", { value, key: value }, words)),
  );
}

function pollCard(host, poll) {
  const results = host.results.get(poll.id);
  const problem = host.writes.problems.get(poll.id);
  const voters = results && counted(results.voters, "person has voted", "people have voted");
  return h(
    "article",
    { class: `card poll is-${poll.status}`, key: poll.id },
    h(
      "p",
      { class: "card-head" },
      statusPill(poll.status),
      h("span", { class: "byline" }, [NEW_KINDS[poll.kind]?.name ?? poll.kind, voters].filter(Boolean).join(" · ")),
    ),
    h("h3", { class: "prompt", dir: "auto" }, poll.prompt),
    STAFF_RESULTS[poll.kind]?.(host, poll, results) ?? kindOf(poll).results(poll, results, null),
    poll.status !== "archived" &&
      visibilitySelect(poll.results_visibility, { "aria-label": "Who sees the results" }, (results_visibility) =>
        host.changePoll(poll, { results_visibility }),
      ),
    problem && h("p", { key: "problem", class: "problem", role: "alert" }, problem),
    h("div", { class: "actions" }, pollActions(host, poll)),
  );
}

function pollActions(host, poll) {
  const live = host.event?.status === "live";
  const action = (words, style, onclick) => h("button", { key: words, type: "button", class: style, onclick }, words);
  const become = (status) => () => host.changePoll(poll, { status });
  return {
    draft: [
      live && action("Open", "primary", become("open")),
      action("Erase", "link", () => host.erasePoll(poll)),
    ],
    open: [action("Close poll", "primary", become("closed"))],
    closed: [live && action("Reopen", "quiet", become("open")), action("Archive", "link", become("archived"))],
    archived: [],
  }[poll.status];
}
