// The teacher's desk. The key comes after # of the address, which no browser sends, and leaves the line of the address.
"use strict";

const part = (id) => document.getElementById(id);
if (location.hash.length > 1) {
  sessionStorage.setItem("arena-key", location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
const headers = { Authorization: "Bearer " + (sessionStorage.getItem("arena-key") || "") };
let now = null, drawn = "";

function made(kind, text, classes) {
  const found = document.createElement(kind);
  if (text !== undefined) found.textContent = text;
  if (classes) found.className = classes;
  return found;
}

function say(text, alarm) {
  part("answer").textContent = text;
  part("answer").className = alarm ? "alarm" : "";
}

async function ask(what, body) {
  const how = body === undefined ? { headers } : { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body };
  const answer = await fetch("/api/teacher/" + what, how);
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer;
}

async function act(what, said, sentence) {
  try {
    const done = (await (await ask(what, JSON.stringify(said))).json()).done;
    say(sentence(done), false);
  } catch (error) { say(error.message, true); }
  await look();
}

async function keep(what, name) {
  try {
    const link = made("a");
    link.href = URL.createObjectURL(await (await ask(what)).blob());
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  } catch (error) { say(error.message, true); }
}

function button(text, team, does) {
  const found = made("button", text);
  found.type = "button";
  found.setAttribute("aria-label", text + ": " + team);
  found.addEventListener("click", does);
  return found;
}

function line(one) {
  const tr = made("tr"), name = made("th", undefined, "team"), can = made("td"), box = made("div", undefined, "row");
  name.scope = "row";
  name.append(made("bdi", one.team));
  const at = one.at === null ? "not yet" : "at " + new Date(1000 * one.at).toLocaleTimeString() + (one.way === "file" ? ", by file" : "");
  box.append(
    button("Parcel", one.team, () => keep("parcel?team=" + encodeURIComponent(one.team), one.team + "-week-" + now.week + ".arena")),
    button("Rename", one.team, () => {
      const wanted = prompt("Another name for this team:", one.team);
      if (wanted !== null) act("rename", { team: one.team, new: wanted }, (done) => "It is called " + done + " now.");
    }),
    button("Let in again", one.team, () => {
      if (confirm("A new token for " + one.team + "? The one it has is worth nothing then."))
        act("token", { team: one.team }, (done) => "For " + one.team + ": join(..., token=\"" + done + "\")");
    }));
  can.append(box);
  tr.append(name, made("td", at), can);
  return tr;
}

function draw() {
  const open = now.phase === "open";
  let text = now.phase === "over" ? "The game is over." : "Week " + now.week + " of " + now.weeks + " is " + (open ? "open" : "being played")
    + ": " + (open ? now.handed_in + " of " + now.teams + " teams have handed in." : now.played + " of " + now.to_play + " teams are played.");
  if (now.deadline !== null && open) text += " Lists are taken until " + new Date(1000 * now.deadline).toLocaleTimeString() + ".";
  if (part("state").textContent !== text) part("state").textContent = text;
  if (now.trouble) say(now.trouble, true);
  part("start").disabled = !(open || now.trouble);
  part("start").textContent = now.trouble ? "Try week " + now.week + " again" : open ? "Start week " + now.week : "Start";
  part("join").textContent = "join(\"" + now.addresses[0] + "\", team=\"…\", code=\"" + now.code + "\")";
  part("code").textContent = now.addresses[0].replace("http://", "") + "   " + now.code;
  const roll = JSON.stringify(now.roll);
  if (roll !== drawn) {  // or the focus would be lost
    drawn = roll;
    part("roll").replaceChildren(...now.roll.map(line));
  }
}

async function look() {
  try {
    now = await (await ask("roll")).json();
    draw();
  } catch (error) {
    part("state").textContent = error instanceof TypeError ? "The Arena does not answer; this page asks again by itself." : error.message;
  }
}

function form(id, does) {
  part(id).addEventListener("submit", (event) => { event.preventDefault(); does(); });
}

part("start").addEventListener("click", () => act("start", { week: now.week }, () => "Week " + now.week + " has started."));
form("deadline", () => act("deadline", { minutes: Number(part("minutes").value) }, () => "The deadline is set."));
part("lift").addEventListener("click", () => act("deadline", { minutes: null }, () => "Lists are taken until the week is started."));
form("floor", () => act("floor", { floor: Number(part("least").value) }, () => "The floor is set."));
form("add", () => act("add", { team: part("name").value }, (done) => done + " is in: give it its parcel, each week anew."));
form("upload", async () => {
  const said = [];
  let wrong = false;
  for (const file of part("files").files) {
    try {
      const done = (await (await ask("upload", file)).json()).done;
      said.push(file.name + ": " + done.team + ", week " + done.week + ", lists of " + done.lists + " listeners");
    } catch (error) { said.push(file.name + ": " + error.message); wrong = true; }
  }
  say(said.join(" · "), wrong);
  part("upload").reset();
  await look();
});
part("results").addEventListener("click", () => keep("results.csv", "results.csv"));
setInterval(look, 1000);
look();
