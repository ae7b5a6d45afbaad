/** The entry: whose page is this? A host's, a participant's, or somebody's who is about to join. */

import { openAudience } from "./audience.js";
import { openJoin } from "./join.js";
import { forgetIdentity, keepHost, keepIdentity, recallHost, recallIdentity } from "./memory.js";
import { tidyCode } from "./words.js";

const HOST_LINK = /^#host=([0-9a-f-]{36}):(\S+)$/u;

const root = document.getElementById("page");

/** Take a host's credential out of the address, where others could read it. */
function takeHostLink() {
  const link = HOST_LINK.exec(location.hash);
  if (!link) return false;
  keepHost({ event_id: link[1], token: decodeURIComponent(link[2]) });
  history.replaceState(null, "", "/");
  return true;
}

function showJoin(code, message) {
  history.replaceState(null, "", code ? `/?code=${encodeURIComponent(code)}` : "/");
  openJoin(root, {
    code,
    message,
    onJoined: (identity, event) => {
      keepIdentity(identity);
      showAudience(identity, event);
    },
  });
}

function showAudience(identity, event = null) {
  history.replaceState(null, "", `/?code=${encodeURIComponent(identity.join_code)}`);
  openAudience(root, {
    identity,
    event,
    onLeave: (message) => {
      forgetIdentity(identity);
      showJoin(identity.join_code, message);
    },
  });
}

async function showHost(credential) {
  // A phone in the audience never loads the host's side.
  const { openHost } = await import("./host.js");
  openHost(root, {
    credential,
    onLeave: (message) => {
      keepHost(null);
      showJoin("", message);
    },
  });
}

function start() {
  takeHostLink();
  const code = tidyCode(new URLSearchParams(location.search).get("code") ?? "");
  const host = code ? null : recallHost();
  if (host) return showHost(host);
  const identity = code ? recallIdentity(code) : null;
  return identity ? showAudience(identity) : showJoin(code);
}

// A host link opened in a tab that already shows this page changes nothing but the fragment.
window.addEventListener("hashchange", () => {
  if (takeHostLink()) location.reload();
});

start();
