// What people do with matrix-js-sdk: judy and kate. Prints "ok<TAB>step" or "MISS<TAB>step<TAB>why" a line.
import { createRequire } from "node:module";

const home = process.env.E2E_NODE_HOME;
const require = createRequire(`${home}/`);
const sdk = await import(require.resolve("matrix-js-sdk"));
const url = process.argv[2];
const { ClientEvent, EventType, MsgType, RoomEvent, RoomMemberEvent, UserEvent } = sdk;
sdk.setCryptoStoreFactory?.(() => new sdk.MemoryCryptoStore());
const { logger } = await import(require.resolve("matrix-js-sdk/lib/logger.js"));
logger.setLevel("silent");

async function step(name, play) {
  try {
    await within(play(), 30000);
    console.log(`ok\t${name}`);
  } catch (error) {
    console.log(`MISS\t${name}\t${String(error.stack ?? error).split("\n").slice(0, 3).join(" | ")}`);
  }
}

function within(promise, milliseconds) {
  return Promise.race([
    promise,
    new Promise((_, reject) => setTimeout(() => reject(new Error("took too long")), milliseconds).unref()),
  ]);
}

function assert(condition, text = "not so") {
  if (!condition) throw new Error(text);
}

/** Resolves with the event's arguments once the client emits one that fits. */
function once(emitter, event, fits = () => true) {
  return new Promise((resolve) => {
    const listener = (...args) => {
      if (fits(...args)) {
        emitter.off(event, listener);
        resolve(args);
      }
    };
    emitter.on(event, listener);
  });
}

async function person(name, device) {
  const nobody = sdk.createClient({ baseUrl: url });
  const auth = { type: "m.login.dummy" };
  let account;
  if (device === undefined) {
    account = await nobody.registerRequest({ username: name, password: "password", auth });
  } else {
    account = await nobody.loginRequest({
      type: "m.login.password",
      identifier: { type: "m.id.user", user: name },
      password: "password",
      initial_device_display_name: device,
    });
  }
  return sdk.createClient({
    baseUrl: url,
    userId: account.user_id,
    deviceId: account.device_id,
    accessToken: account.access_token,
    cryptoCallbacks: {},
  });
}

async function start(client) {
  const synced = once(client, ClientEvent.Sync, (state) => state === "PREPARED");
  await client.startClient({ initialSyncLimit: 20, pollTimeout: 10000, threadSupport: true });
  await synced;
}

let judy, kate, tablet, room, sent;

await step("register, log in on a second device", async () => {
  judy = await person("judy");
  kate = await person("kate");
  tablet = await person("judy", "tablet");
  assert((await judy.whoami()).user_id === "@judy:example.com");
  assert((await judy.getDevices()).devices.length === 2);
});

await step("versions, capabilities, TURN server, filter", async () => {
  await judy.getVersions();
  await judy.getCapabilities();
  await judy.turnServer();
  await judy.createFilter({ room: { timeline: { limit: 3 } } });
});

await step("an encrypting client starts: initial sync, push rules, keys uploaded", async () => {
  for (const client of [judy, kate]) {
    await client.initRustCrypto({ useIndexedDB: false });
    await start(client);
  }
});

await step("create a room, public, with an alias; invite, join", async () => {
  const invited = once(kate, RoomMemberEvent.Membership, (_, member) => member.userId === kate.getUserId());
  const made = await judy.createRoom({
    visibility: "public",
    preset: "public_chat",
    room_alias_name: "harbour",
    name: "Harbour",
    invite: ["@kate:example.com"],
  });
  room = made.room_id;
  await invited;
  await kate.joinRoom(room);
  assert((await kate.getJoinedRooms()).joined_rooms.includes(room));
  assert((await kate.getRoomIdForAlias("#harbour:example.com")).room_id === room);
});

await step("a long poll returns when another user writes", async () => {
  const seen = once(kate, RoomEvent.Timeline, (event) => event.getContent().body === "ahoy");
  sent = await judy.sendTextMessage(room, "ahoy");
  const [event] = await seen;
  assert(event.getId() === sent.event_id);
});

await step("react, redact, edit, thread, relations", async () => {
  const relates = (type, more) => ({ "m.relates_to": { rel_type: type, event_id: sent.event_id, ...more } });
  const reaction = await kate.sendEvent(room, EventType.Reaction, relates("m.annotation", { key: "+" }));
  await kate.redactEvent(room, reaction.event_id);
  await judy.sendEvent(room, EventType.RoomMessage, {
    msgtype: MsgType.Text,
    body: "* ahoy there",
    "m.new_content": { msgtype: MsgType.Text, body: "ahoy there" },
    ...relates("m.replace"),
  });
  // without the SDK's own notion of a thread, in which sendEvent may wait for ever if the sync is faster than the reply
  await kate.sendEvent(room, EventType.RoomMessage, {
    msgtype: MsgType.Text,
    body: "in the thread",
    ...relates("m.thread"),
  });
  const related = await kate.fetchRelations(room, sent.event_id, "m.thread", null);
  assert(related.chunk.length === 1, JSON.stringify(related));
  await kate.createThreadListMessagesRequest(room, null, 10);
});

await step("paginate backwards to the beginning", async () => {
  const ids = [];
  for (let n = 0; n < 15; n++) ids.push((await judy.sendTextMessage(room, `line ${n}`)).event_id);
  while (!kate.getRoom(room).findEventById(ids.at(-1))) await new Promise((resolve) => setTimeout(resolve, 50));
  const seen = [];
  let from = kate.store.getSyncToken();
  do {
    const page = await kate.createMessagesRequest(room, from, 10, "b");
    seen.push(...page.chunk.map((event) => event.event_id));
    from = page.end;
  } while (from);
  assert(ids.every((id) => seen.includes(id)) && new Set(seen).size === seen.length);
  await kate.scrollback(kate.getRoom(room), 30);
});

await step("typing", async () => {
  const typing = once(kate, RoomMemberEvent.Typing, (_, member) => member.userId === "@judy:example.com");
  await judy.sendTyping(room, true, 5000);
  await typing;
  await judy.sendTyping(room, false, 0);
});

await step("receipts and read markers", async () => {
  const receipt = once(judy, RoomEvent.Receipt, (event) => JSON.stringify(event.getContent()).includes("@kate:"));
  const last = kate.getRoom(room).getLiveTimeline().getEvents().at(-1);
  await kate.sendReadReceipt(last);
  await kate.setRoomReadMarkers(room, last.getId(), last);
  await receipt;
});

await step("presence", async () => {
  const seen = once(kate, UserEvent.Presence, (_, user) => user.presenceStatusMsg === "at sea");
  await judy.setPresence({ presence: "unavailable", status_msg: "at sea" });
  await seen;
  assert((await kate.getPresence("@judy:example.com")).status_msg === "at sea");
});

await step("account data and tags, which another device sees", async () => {
  await start(tablet);
  const seen = once(tablet, ClientEvent.AccountData, (event) => event.getType() === "org.example.js");
  await judy.setAccountData("org.example.js", { js: true });
  await seen;
  await judy.setRoomAccountData(room, "org.example.room", { js: true });
  await judy.setRoomTag(room, "m.favourite", { order: 0.1 });
  await judy.getRoomTags(room);
});

await step("push rules", async () => {
  await judy.addPushRule("global", "content", "anchor", { actions: ["notify"], pattern: "anchor" });
  await judy.setPushRuleEnabled("global", "content", "anchor", false);
  await judy.deletePushRule("global", "content", "anchor");
  await judy.getPushRules();
});

await step("profile", async () => {
  await judy.setDisplayName("Judy J.");
  assert((await kate.getProfileInfo("@judy:example.com")).displayname === "Judy J.");
});

await step("an encrypted room: a message comes in clear", async () => {
  const made = await judy.createRoom({
    preset: "private_chat",
    invite: ["@kate:example.com"],
    initial_state: [
      { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } },
    ],
  });
  const joined = once(judy, RoomMemberEvent.Membership, (_, member) =>
    member.roomId === made.room_id && member.userId === "@kate:example.com" && member.membership === "join");
  await kate.joinRoom(made.room_id);
  await joined;
  const clear = once(kate, "Event.decrypted", (event) => event.getContent().body === "under the rose");
  await judy.sendTextMessage(made.room_id, "under the rose");
  await clear;
});

for (const size of [1024, 10 * 1024 * 1024]) {
  await step(`authenticated media: up and down, ${size} bytes`, async () => {
    const data = new Uint8Array(size).map((_, n) => n % 251);
    const { content_uri: uri } = await judy.uploadContent(new Blob([data]), { type: "application/octet-stream" });
    const from = kate.mxcUrlToHttp(uri, undefined, undefined, undefined, false, true, true);
    const reply = await fetch(from, { headers: { Authorization: `Bearer ${kate.getAccessToken()}` } });
    assert(reply.status === 200, `${reply.status}`);
    const got = new Uint8Array(await reply.arrayBuffer());
    assert(Buffer.compare(Buffer.from(got), Buffer.from(data)) === 0, "other bytes");
    assert((await fetch(from)).status === 401);
  });
}

await step("room directory, hierarchy, user directory, search", async () => {
  let rooms;
  do {
    rooms = await kate.publicRooms({ filter: { generic_search_term: "Harbour" } });
  } while (!rooms.chunk.some((each) => each.room_id === room));
  await kate.publicRooms({ limit: 5 });
  await kate.getRoomHierarchy(room);
  let found;
  do {
    found = await kate.searchUserDirectory({ term: "judy" });
  } while (!found.results.some((user) => user.user_id === "@judy:example.com"));
  const texts = await kate.searchMessageText({ query: "ahoy" });
  assert(texts.search_categories.room_events.count >= 1, JSON.stringify(texts));
});

await step("devices: rename, delete with a password", async () => {
  const device = tablet.getDeviceId();
  tablet.stopClient();
  await judy.setDeviceDetails(device, { display_name: "old tablet" });
  let session;
  try {
    await judy.deleteDevice(device);
  } catch (error) {
    session = error.data.session;
  }
  await judy.deleteDevice(device, {
    type: "m.login.password",
    session,
    identifier: { type: "m.id.user", user: "judy" },
    password: "password",
  });
});

await step("leave, forget, log out", async () => {
  await kate.leave(room);
  await kate.forget(room);
  await kate.logout(true);
  await judy.logout(true);
  const gone = await judy.whoami().then(() => "still in", (error) => error.errcode);
  assert(gone === "M_UNKNOWN_TOKEN", gone);
});

process.exit(0);
