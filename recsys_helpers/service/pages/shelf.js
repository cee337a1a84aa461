// The page of the live shelf: asks for a list, posts plays. Every word of the server is set as text, never as markup.
"use strict";

const part = (id) => document.getElementById(id);
let user = "", before = null;

function say(text) {
  part("state").textContent = text;
}

async function asked(path, play) {
  const answer = await fetch(path, play === undefined ? {} :
    { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(play) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error);
  return told;
}

function button(text, item, heard) {
  const found = document.createElement("button");
  found.type = "button";
  found.textContent = text;
  found.setAttribute("aria-label", text + ": " + item.title);
  found.addEventListener("click", () => post(item, heard));
  return found;
}

function line(item) {
  const row = document.createElement("li"), box = document.createElement("div"), title = document.createElement("span");
  title.textContent = item.title;
  if (before !== null && !before.has(item.item)) {
    row.className = "new";
    title.textContent += " (new)";
  }
  box.append(title, button("Played", item, 1), button("Skipped", item, 0.05));
  row.append(box);
  return row;
}

async function show() {
  const told = await asked("/api/list?user=" + encodeURIComponent(user));
  const items = told.list.map((one) => one.item);
  part("list").replaceChildren(...told.list.map(line));
  const fresh = before === null ? 0 : items.filter((one) => !before.has(one)).length;
  const heard = told.heard === 1 ? "1 track heard" : told.heard + " tracks heard";
  say(user + ": " + heard + (before === null ? "." : ", " + fresh + " of " + items.length + " places are new."));
  before = new Set(items);
}

async function post(item, heard) {
  try {
    await asked("/api/play", { key: crypto.randomUUID(), user: user, item: item.item, heard: heard });
    await show();
  } catch (error) {
    say(error.message);
  }
}

part("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  user = part("user").value;
  before = null;
  try {
    await show();
  } catch (error) {
    part("list").replaceChildren();
    say(error.message);
  }
});

asked("/api/listeners").then((told) => {
  part("known").replaceChildren(...told.listeners.map((one) => {
    const option = document.createElement("option");
    option.value = one;
    return option;
  }));
}).catch((error) => say(error.message));
