// The learners' board: what the server says, live. Every word of it is set as text, never as markup.
"use strict";

const part = (id) => document.getElementById(id);
let told = null, heard = 0;

function made(kind, text, classes) {
  const found = document.createElement(kind);
  if (text !== undefined) found.textContent = text;
  if (classes) found.className = classes;
  return found;
}

const points = (share) => (share < 0 ? "−" : "+") + Math.abs(100 * share).toFixed(1);

function clock(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return Math.floor(whole / 60) + ":" + String(whole % 60).padStart(2, "0");
}

function sentence(now) {
  if (now.phase === "over") return "The game is over: " + now.weeks + " weeks are played.";
  const week = "Week " + now.week + " of " + now.weeks;
  if (now.phase === "playing") return week + " is being played: " + now.played + " of " + now.to_play + " teams.";
  let text = week + " is open: " + now.handed_in + " of " + now.teams + (now.teams === 1 ? " team has" : " teams have") + " handed in.";
  if (now.deadline !== null) {
    const left = now.deadline - now.now - (performance.now() - heard) / 1000;
    text += left > 0 ? " Until the deadline: " + clock(left) + "." : " The deadline is over.";
  }
  return text;
}

function show() {
  if (!told) return;
  const text = sentence(told);
  if (part("state").textContent !== text) part("state").textContent = text;
}

function bars(row, reach) {
  const cell = made("td"), box = made("div", undefined, "bars");
  cell.setAttribute("aria-hidden", "true");
  const at = (share) => 50 + 48 * share / reach;
  const bar = made("i"), line = made("b"), zero = made("i", undefined, "zero");
  bar.style.left = Math.min(at(0), at(row.lead)) + "%";
  bar.style.width = Math.abs(at(row.lead) - at(0)) + "%";
  line.style.left = at(row.low) + "%";
  line.style.width = at(row.high) - at(row.low) + "%";
  zero.style.left = "calc(50% - 1px)";
  box.append(bar, line, zero);
  cell.append(box);
  return cell;
}

function weeks(row, most) {
  const cell = made("td"), box = made("div", undefined, "weeks");
  row.hours.forEach((hours, i) => {
    const one = made("span"), bar = made("i");
    bar.style.height = 1.2 * hours / most + "em";
    bar.setAttribute("aria-hidden", "true");
    one.append(bar, made("span", "week " + (i + 1) + ": ", "away"), document.createTextNode(hours.toFixed(1)));
    box.append(one);
  });
  cell.append(box);
  return cell;
}

function line(row, reach, most) {
  const tr = made("tr", undefined, row.house ? "house" : "");
  tr.append(made("td", row.place === null ? "–" : String(row.place), "place"));
  const name = made("th", undefined, "team"), text = made("bdi", row.team);
  name.scope = "row";
  name.append(text);
  if (row.house) name.append(" ", made("span", "house", "tag"));
  if (row.below) name.append(" ", made("span", "below the floor", "tag"));
  tr.append(name);
  if (row.lead === null) {
    tr.append(made("td", "", "number"), made("td"), made("td"));
    return tr;
  }
  const half = 100 * (row.high - row.low) / 2;
  tr.append(made("td", points(row.lead) + " ± " + half.toFixed(1), "number"), bars(row, reach), weeks(row, most));
  return tr;
}

function draw(board) {
  told = board;
  heard = performance.now();
  const leads = board.rows.filter((row) => row.lead !== null);
  const reach = Math.max(0.01, ...leads.flatMap((row) => [Math.abs(row.low), Math.abs(row.high)]));
  const most = Math.max(0.1, ...leads.flatMap((row) => row.hours));
  part("rows").replaceChildren(...board.rows.map((row) => line(row, reach, most)));
  part("rules").textContent = board.rules + (board.floor > 0 ? " Below a satisfaction of " + board.floor + " a team stands behind all others." : "");
  show();
}

function listen() {
  const source = new EventSource("/events");
  source.onmessage = (event) => draw(JSON.parse(event.data));
  source.onerror = () => {
    part("state").textContent = "The Arena does not answer; this page asks again by itself.";
    told = null;
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  };
}

part("theme").addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "light" : "dark";
});
setInterval(show, 1000);
listen();
