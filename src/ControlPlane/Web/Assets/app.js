// The board keeps itself up to date; everything else works without script.
"use strict";
const board = document.getElementById("board");
if (board && board.dataset.live) {
  const state = document.getElementById("live");
  const show = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(board.dataset.live, { headers: { Accept: "text/html" }, redirect: "manual" });
        if (answer.ok) {
          board.innerHTML = await answer.text();
          state.textContent = "live";
        } else {
          state.textContent = answer.type === "opaqueredirect" ? "logged out: load the page again" : "the server answers " + answer.status;
        }
      } catch {
        state.textContent = "NOT LIVE: the server does not answer";
      }
    }
    setTimeout(show, 2000);
  };
  setTimeout(show, 2000);
}
