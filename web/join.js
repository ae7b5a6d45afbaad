/** Joining: a code and, if wanted, a name. */

import { send } from "./api.js";
import { h, render } from "./dom.js";
import { masthead } from "./parts.js";
import { inWords, tidyCode } from "./words.js";

/** Join an event; return who this person now is there, as `memory.js` keeps it, and the event. */
export async function join(joinCode, displayName, options) {
  const body = { join_code: joinCode };
  if (displayName) body.display_name = displayName;
  const joined = await send("POST", "/v1/join", { ...options, body });
  const identity = {
    event_id: joined.event_id,
    participant_id: joined.participant_id,
    token: joined.token,
    join_code: joined.event.join_code,
    display_name: displayName || null,
  };
  return { identity, event: joined.event };
}

/** Show the form, with `code` filled in and `message` above it; call `onJoined(identity, event)`. */
export function openJoin(root, { code, message = null, onJoined }) {
  const view = { code, problem: message, busy: null };

  async function onsubmit(submitted) {
    submitted.preventDefault();
    if (view.busy) return null;
    const form = new FormData(submitted.currentTarget);
    const joinCode = tidyCode(form.get("code"));
    if (!joinCode) return show({ problem: "Type the code that you were given." });
    show({ busy: "Joining…", problem: null });
    const onRetry = (error) => show({ busy: "Trying again…", problem: inWords(error) });
    try {
      const { identity, event } = await join(joinCode, form.get("name").trim(), { onRetry });
      return onJoined(identity, event);
    } catch (error) {
      return show({ busy: null, problem: inWordsOfJoining(error) });
    }
  }

  function show(changes) {
    Object.assign(view, changes);
    render(root, page(view, onsubmit));
  }

  document.title = "Join · Ovation";
  show({});
  document.getElementById(code ? "name" : "code").focus();
}

function inWordsOfJoining(error) {
  if (error.status === 404) return "No event has this code. Check it and try again.";
  if (error.code === "event_not_live") {
    return "This event is not open. If it is about to begin, try again when the host says so.";
  }
  return inWords(error);
}

function page(view, onsubmit) {
  return h(
    "div",
    { class: "join", key: "join" },
    masthead(),
    h(
      "main",
      { class: "join-card" },
      h("h1", null, "Join the event"),
      h("p", { class: "lead" }, "No app, no account. The code is on the screen."),
      h("form", { onsubmit, novalidate: true }, fields(view)),
    ),
  );
}

function fields(view) {
  return [
    h("label", { for: "code" }, "Event code"),
    h("input", {
      id: "code",
      name: "code",
      class: "code-input",
      value: view.code,
      oninput: ({ target }) => {
        view.code = target.value;
      },
      autocomplete: "off",
      autocapitalize: "characters",
      autocorrect: "off",
      spellcheck: "false",
      maxlength: 20,
      placeholder: "ABC234",
      "aria-invalid": view.problem ? "true" : null,
      "aria-describedby": view.problem ? "join-problem" : null,
    }),
    h("label", { for: "name" }, "Your name ", h("span", { class: "optional" }, "optional")),
    h("input", { id: "name", name: "name", autocomplete: "name", maxlength: 80, dir: "auto" }),
    view.problem && h("p", { id: "join-problem", key: "problem", class: "problem", role: "alert" }, view.problem),
    h("button", { class: "primary wide", "aria-disabled": view.busy && "true" }, view.busy ?? "Join"),
    h("p", { class: "fine" }, "Your name stands beside the questions that you ask, never beside a vote."),
  ];
}
