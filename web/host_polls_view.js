/** The polls as the staff sees them. */

import { h } from "./dom.js";
import { note, optionList, statusPill } from "./parts.js";
import { latestFirst } from "./sorting.js";
import { counted } from "./words.js";

const KINDS = { single_choice: "One answer", multiple_choice: "Several answers" };
const VISIBILITIES = {
  live: "Everyone sees results at once",
  after_close: "Everyone sees results after closing",
  staff: "Only the staff sees results",
};
const MOST_OPTIONS = 50;

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
  const draft = host.newPoll;
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
    kindChoice(host),
    h("label", { for: "new-prompt" }, "Question"),
    h("textarea", {
      id: "new-prompt",
      rows: 2,
      maxlength: 500,
      required: true,
      dir: "auto",
      value: draft.prompt,
      oninput: ({ target }) => host.update({ newPoll: { ...draft, prompt: target.value } }),
    }),
    labelFields(host),
    draft.kind === "multiple_choice" && maxField(host),
    h("label", { for: "new-visibility" }, "Results"),
    visibilitySelect(draft.visibility, { id: "new-visibility" }, (visibility) =>
      host.update({ newPoll: { ...draft, visibility } }),
    ),
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

function kindChoice(host) {
  return h(
    "fieldset",
    { class: "segments" },
    h("legend", { class: "unseen" }, "Kind of poll"),
    Object.entries(KINDS).map(([kind, words]) =>
      h(
        "label",
        { key: kind },
        h("input", {
          type: "radio",
          name: "kind",
          checked: host.newPoll.kind === kind,
          onchange: () => host.update({ newPoll: { ...host.newPoll, kind } }),
        }),
        h("span", null, words),
      ),
    ),
  );
}

function labelFields(host) {
  const { labels } = host.newPoll;
  const change = (next) => host.update({ newPoll: { ...host.newPoll, labels: next } });
  return h(
    "fieldset",
    { class: "labels" },
    h("legend", null, "Answers"),
    labels.map((label, place) =>
      h(
        "div",
        { class: "label-row", key: place },
        h("input", {
          "aria-label": `Answer ${place + 1}`,
          maxlength: 200,
          required: place < 2,
          dir: "auto",
          value: label,
          oninput: ({ target }) => change(replaced(labels, place, target.value)),
        }),
        labels.length > 2 &&
          h(
            "button",
            {
              type: "button",
              class: "link",
              "aria-label": `Remove answer ${place + 1}`,
              onclick: () => change(labels.filter((_, other) => other !== place)),
            },
            "Remove",
          ),
      ),
    ),
    labels.length < MOST_OPTIONS &&
      h("button", { key: "add", type: "button", class: "link", onclick: () => change([...labels, ""]) }, "Add an answer"),
  );
}

const replaced = (labels, place, label) => labels.map((old, other) => (other === place ? label : old));

function maxField(host) {
  return h(
    "div",
    { key: "max" },
    h("label", { for: "new-max" }, "Most answers one person may choose ", h("span", { class: "optional" }, "empty: all")),
    h("input", {
      id: "new-max",
      type: "number",
      min: 1,
      max: host.newPoll.labels.length,
      inputmode: "numeric",
      value: host.newPoll.max,
      oninput: ({ target }) => host.update({ newPoll: { ...host.newPoll, max: target.value } }),
    }),
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
      h("span", { class: "byline" }, [KINDS[poll.kind] ?? poll.kind, voters].filter(Boolean).join(" · ")),
    ),
    h("h3", { class: "prompt", dir: "auto" }, poll.prompt),
    poll.kind in KINDS ? optionList(poll, results) : note("This page cannot show this kind of poll yet."),
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
