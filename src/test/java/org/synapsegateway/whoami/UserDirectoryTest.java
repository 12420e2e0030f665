// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.synapsegateway.identity.Heads.head;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.HeadLimits;
import org.synapsegateway.http.ReplyHead;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.identity.TokenHash;
import org.synapsegateway.identity.UserId;
import org.synapsegateway.request.Reply;
import org.synapsegateway.request.Request;
import org.synapsegateway.request.Trace;
import org.synapsegateway.whoami.UserDirectory.Limits;

class UserDirectoryTest {
  private static final Limits LIMITS =
      new Limits(
          1_000, Duration.ofHours(1), Duration.ofSeconds(30), 10, 0, 0, Duration.ofMillis(250));
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Slice ALICE = Slice.of("YWxpY2U");
  private static final Trace TRACE = Trace.unobserved(null);

  private static final Client CLIENT = new Client("unix:", null, "http");

  private final AtomicLong clock = new AtomicLong();
  private final Synapse synapse = new Synapse();
  private final UserDirectory directory = new UserDirectory(synapse, LIMITS, clock::get);
  private final Loop loop = new Loop();
  private final Loop otherLoop = new Loop();

  @AfterEach
  void closeLoops() {
    loop.channel.close();
    otherLoop.channel.close();
  }

  /** Keeps the questions until the test answers them. */
  private static final class Synapse implements WhoAmI {
    final List<String> asked = new ArrayList<>();
    final List<Consumer<byte[]>> answers = new ArrayList<>();

    @Override
    public void ask(Question question, Executor loop, Consumer<byte[]> answer) {
      asked.add(question.token().text());
      answers.add(answer);
    }

    /** Answers the question with this number, counted from 0. */
    void says(int question, String user) {
      answers.get(question).accept(reply(user));
    }

    void says(String user) {
      says(answers.size() - 1, user);
    }
  }

  private static byte[] reply(String user) {
    return ("{\"user_id\":\"" + user + "\"}").getBytes(StandardCharsets.UTF_8);
  }

  /** An event loop whose time and tasks run when the test says so. */
  private static final class Loop {
    final EmbeddedChannel channel = new EmbeddedChannel();

    Loop() {
      channel.freezeTime();
    }

    ScheduledExecutorService executor() {
      return channel.eventLoop();
    }

    void run() {
      channel.runPendingTasks();
    }

    void pass(long millis) {
      channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
      channel.runScheduledPendingTasks();
    }
  }

  private static RequestHead with(String token) {
    return head("/_matrix/client/v3/sync", "Authorization: Bearer " + token);
  }

  private static Request request(RequestHead head) {
    return new Request(head, CLIENT, null, null, interim -> {}, TRACE);
  }

  private List<Slice> find(String token) {
    return find(with(token), loop);
  }

  /** The keys that a request was given so far: the immediate one, or what came later. */
  private List<Slice> find(RequestHead head, Loop on) {
    List<Slice> keys = new ArrayList<>();
    Slice now = directory.find(request(head), on.executor(), keys::add);
    if (now != null) {
      keys.add(now);
    }
    return keys;
  }

  @Test
  void readsWhatASytTokenSays() {
    assertThat(find("syt_YWxpY2U_abc_def")).containsExactly(ALICE);
    assertThat(find(head("/sync?access_token=syt_YWxpY2U_abc_def"), loop)).containsExactly(ALICE);
    assertThat(synapse.asked).isEmpty();
  }

  @Test
  void findsNobodyWithoutToken() {
    assertThat(find(head("/sync"), loop)).containsExactly(Slice.EMPTY);
    assertThat(find(head("/sync", "Authorization: Basic x"), loop)).containsExactly(Slice.EMPTY);
    assertThat(synapse.asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mat_abc", "mct_abc", "MDAxabc", "as-token"})
  void asksSynapseOfAnyOtherToken(String token) {
    List<Slice> keys = find(token);

    assertThat(keys).isEmpty();
    synapse.says("@alice:example.org");
    assertThat(keys).as("before its loop has run").isEmpty();
    loop.run();
    assertThat(keys).containsExactly(ALICE);
    assertThat(find(token)).as("at once").containsExactly(ALICE);
    assertThat(synapse.asked).containsExactly(token);
  }

  @Test
  void knowsATokenInFieldAndQueryForTheSame() {
    find("mat_a~b");
    synapse.says("@alice:x");

    assertThat(find(head("/sync?access_token=mat%5Fa%7eb"), loop)).containsExactly(ALICE);
    assertThat(synapse.asked).hasSize(1);
  }

  @Test
  void takesAnApplicationServiceForTheUserItActsFor() {
    String target = "/_matrix/client/v3/sync?user_id=%40alice%3Ax";

    assertThat(find(head(target, "Authorization: Bearer as-token"), loop)).containsExactly(ALICE);
    assertThat(synapse.asked).isEmpty();
  }

  @Test
  void takesNobodyElseForTheUserInTheQuery() {
    String target = "/_matrix/client/v3/sync?user_id=@alice:x";

    assertThat(find(head(target, "Authorization: Bearer mat_bob"), loop)).isEmpty();
    assertThat(find(head(target, "Authorization: Bearer syt_Ym9i_x_y"), loop))
        .containsExactly(Slice.of("Ym9i"));
  }

  @Test
  void asksOnceForAllWhoWait() {
    List<Slice> first = find("mat_abc");
    List<Slice> second = find("mat_abc");
    List<Slice> elsewhere = find(with("mat_abc"), otherLoop);

    synapse.says("@alice:x");
    loop.run();

    assertThat(first).containsExactly(ALICE);
    assertThat(second).containsExactly(ALICE);
    assertThat(elsewhere).as("its own loop has not run").isEmpty();
    otherLoop.run();
    assertThat(elsewhere).containsExactly(ALICE);
    assertThat(synapse.asked).hasSize(1);
  }

  @Test
  void goesByTheTokensHashWhenTheAnswerIsLate() {
    List<Slice> keys = find("mat_abc");

    loop.pass(249);
    assertThat(keys).isEmpty();
    loop.pass(1);
    assertThat(keys).containsExactly(TokenHash.plain(Slice.of("mat_abc")));
  }

  @Test
  void keepsALateAnswerAndTellsNobodyTwice() {
    List<Slice> keys = find("mat_abc");
    loop.pass(250);

    synapse.says("@alice:x");
    loop.run();

    assertThat(keys).hasSize(1);
    assertThat(find("mat_abc")).containsExactly(ALICE);
    assertThat(synapse.asked).hasSize(1);
  }

  @Test
  void forgetsWhoNoLongerWaitsThoughNoAnswerComes() {
    for (int i = 0; i < 100; i++) {
      find("mat_abc");
    }
    assertThat(directory.waiting()).isEqualTo(100);
    loop.pass(250);
    assertThat(directory.waiting()).isZero();
    assertThat(synapse.asked).hasSize(1);
  }

  @Test
  void waitsAFullTimeForAQuestionThatIsUnderWay() {
    List<Slice> first = find("mat_abc");
    loop.pass(200);
    List<Slice> second = find("mat_abc");
    loop.pass(50);
    assertThat(first).hasSize(1);
    assertThat(second).isEmpty();

    synapse.says("@alice:x");
    loop.run();

    assertThat(second).containsExactly(ALICE);
  }

  @Test
  void leavesNoTimerBehind() {
    List<Slice> keys = find("mat_abc");
    synapse.says("@alice:x");
    loop.run();

    loop.pass(1_000);

    assertThat(keys).containsExactly(ALICE);
    assertThat(loop.channel.runScheduledPendingTasks()).isEqualTo(-1);
  }

  @Test
  void remembersForAWhileThatATokenIsUnknown() {
    List<Slice> keys = find("mat_abc");
    synapse.answers.get(0).accept(null);
    loop.run();
    Slice hash = TokenHash.plain(Slice.of("mat_abc"));

    assertThat(keys).containsExactly(hash);
    clock.addAndGet(Duration.ofSeconds(29).toNanos());
    assertThat(find("mat_abc")).containsExactly(hash);
    assertThat(synapse.asked).hasSize(1);
    clock.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(find("mat_abc")).isEmpty();
    assertThat(synapse.asked).hasSize(2);
  }

  @Test
  void takesAReplyWithoutUserForUnknown() {
    List<Slice> keys = find("mat_abc");
    synapse.answers.get(0).accept("{}".getBytes(StandardCharsets.UTF_8));
    loop.run();

    assertThat(keys).containsExactly(TokenHash.plain(Slice.of("mat_abc")));
  }

  @Test
  void asksAgainWhenAnAnswerHasExpired() {
    find("mat_abc");
    synapse.says("@alice:x");

    clock.addAndGet(Duration.ofMinutes(59).toNanos());
    assertThat(find("mat_abc")).containsExactly(ALICE);
    clock.addAndGet(Duration.ofMinutes(2).toNanos());
    assertThat(find("mat_abc")).isEmpty();
    assertThat(synapse.asked).hasSize(2);
  }

  @Test
  void forgetsOneTokenThatAWorkerHasRefused() {
    find("mat_abc");
    synapse.says("@alice:x");
    find("mat_def");
    synapse.says("@alice:x");

    directory.refused(with("mat_abc"));

    assertThat(find("mat_def")).containsExactly(ALICE);
    assertThat(find("mat_abc")).isEmpty();
    assertThat(synapse.asked).containsExactly("mat_abc", "mat_def", "mat_abc");
  }

  @Test
  void doesNotAskAgainForEachRefusalOfAnUnknownToken() {
    find("mat_abc");
    synapse.answers.get(0).accept(null);

    directory.refused(with("mat_abc"));

    assertThat(find("mat_abc")).containsExactly(TokenHash.plain(Slice.of("mat_abc")));
    assertThat(synapse.asked).hasSize(1);
  }

  @Test
  void ignoresRefusalsOfWhatItDoesNotKeep() {
    directory.refused(head("/sync"));
    directory.refused(with("syt_YWxpY2U_x_y"));
    directory.refused(with("mat_never_seen"));

    assertThat(find("syt_YWxpY2U_x_y")).containsExactly(ALICE);
  }

  @Test
  void putsNoMoreQuestionsThanItMayHave() {
    for (int i = 0; i < 10; i++) {
      assertThat(find("mat_" + i)).isEmpty();
    }

    assertThat(find("mat_one_more")).containsExactly(TokenHash.plain(Slice.of("mat_one_more")));
    assertThat(find("mat_0")).as("joins the open question").isEmpty();
    assertThat(synapse.asked).hasSize(10);

    synapse.says(0, "@alice:x");
    assertThat(find("mat_one_more")).isEmpty();
    assertThat(synapse.asked).hasSize(11);
  }

  @Test
  void keepsNoMoreTokensThanItMay() {
    for (int i = 0; i < 5_000; i++) {
      find("mat_" + i);
      synapse.says("@alice:x");
    }

    assertThat(directory.size()).isLessThanOrEqualTo(1_000);
  }

  @Test
  void asksNobodyWhenItIsOff() {
    UserDirectory off = new UserDirectory(null, LIMITS);

    assertThat(off.find(request(with("mat_abc")), loop.executor(), key -> {}))
        .isEqualTo(TokenHash.plain(Slice.of("mat_abc")));
    assertThat(off.find(request(with("syt_YWxpY2U_x_y")), loop.executor(), key -> {}))
        .isEqualTo(ALICE);
  }

  @Test
  void hashesATokenAlikeInEveryProcessWithoutShowingIt() {
    // printf mat_abc | sha256sum | cut -c1-32 | xxd -r -p | base64, without padding
    assertThat(TokenHash.plain(Slice.of("mat_abc")).text()).isEqualTo("n5fGFqnr2qLdPeOVGJNcXw");
    TokenHash.Keyed one = new TokenHash.Keyed();
    TokenHash.Keyed other = new TokenHash.Keyed();

    assertThat(one.of(Slice.of("mat_abc"))).isEqualTo(one.of(Slice.of("mat_abc")));
    assertThat(one.of(Slice.of("mat_abc"))).isNotEqualTo(one.of(Slice.of("mat_abd")));
    assertThat(one.of(Slice.of("mat_abc"))).isNotEqualTo(other.of(Slice.of("mat_abc")));
  }

  @Test
  void knowsWhatTheOneBeforeHasKnownAndForgetsItAsSoon() throws Exception {
    find("mat_a");
    synapse.says("@alice:example.org");
    find("mat_b");
    synapse.says("");
    clock.addAndGet(HOUR.minusMinutes(1).toNanos());
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    directory.write(new DataOutputStream(written));
    assertThat(written.toString(StandardCharsets.ISO_8859_1)).doesNotContain("mat_");

    UserDirectory next = new UserDirectory(synapse, LIMITS, clock::get);
    next.read(new DataInputStream(new ByteArrayInputStream(written.toByteArray())));
    assertThat(next.size()).as("that mat_b is nobody's has expired").isEqualTo(1);
    assertThat(next.findKnown(request(with("mat_a")))).isEqualTo(ALICE);
    clock.addAndGet(Duration.ofMinutes(2).toNanos());
    assertThat(next.findKnown(request(with("mat_a")))).isNotEqualTo(ALICE);
  }

  @Test
  void bringsTheDevicesOfAUserTogetherWithOneQuestionAToken() {
    String[] kinds = {"mat_%d_", "mct_%d_", "MDAx%d", "as-%d", "syt_%2$s_%1$d_x"};
    Map<String, String> userOf = new HashMap<>();
    List<String> tokens = new ArrayList<>();
    for (int device = 0; device < 1_000; device++) {
      String user = "user" + device % 200;
      String token =
          kinds[device / 200].formatted(device, UserId.key(Slice.of("@" + user + ":x")).text());
      tokens.add(token);
      userOf.put(token, user);
    }
    UserDirectory all =
        new UserDirectory(synapse, new Limits(2_000, HOUR, HOUR, 1_000, 0, 0, HOUR), clock::get);
    Random random = new Random(8);
    for (int request = 0; request < 5_000; request++) {
      all.find(request(with(tokens.get(random.nextInt(1_000)))), loop.executor(), key -> {});
    }

    for (int question = 0; question < synapse.asked.size(); question++) {
      synapse.says(question, "@" + userOf.get(synapse.asked.get(question)) + ":x");
    }

    assertThat(synapse.asked).doesNotHaveDuplicates().hasSizeGreaterThan(700);
    for (String token : synapse.asked) {
      assertThat(all.find(request(with(token)), loop.executor(), key -> {}))
          .isEqualTo(UserId.key(Slice.of("@" + userOf.get(token) + ":x")));
    }
  }

  @Test
  void asksOnceAndTellsEachOnceWhenManyThreadsWantToKnow() throws Exception {
    int threads = 4;
    int requests = 5_000;
    Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
    List<ScheduledExecutorService> loops = new ArrayList<>();
    ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor();
    AtomicInteger told = new AtomicInteger();
    Set<String> wrong = ConcurrentHashMap.newKeySet();
    UserDirectory shared =
        new UserDirectory(
            (question, on, answer) -> {
              String token = question.token().text();
              asked.computeIfAbsent(token, t -> new AtomicInteger()).incrementAndGet();
              String user = "@" + token + ":x";
              worker.execute(() -> answer.accept(reply(user)));
            },
            new Limits(
                1_000, Duration.ofHours(1), Duration.ofHours(1), 1_000, 0, 0, Duration.ofHours(1)));
    try {
      for (int thread = 0; thread < threads; thread++) {
        ScheduledExecutorService own = Executors.newSingleThreadScheduledExecutor();
        loops.add(own);
        Random random = new Random(thread);
        for (int i = 0; i < requests; i++) {
          String token = "as-" + random.nextInt(100);
          Slice right = UserId.key(Slice.of("@" + token + ":x"));
          Consumer<Slice> take =
              key -> {
                told.incrementAndGet();
                if (!key.equals(right)) {
                  wrong.add(token);
                }
              };
          own.execute(
              () -> {
                Slice now = shared.find(request(with(token)), own, take);
                if (now != null) {
                  take.accept(now);
                }
              });
        }
      }
      await().until(() -> told.get() >= threads * requests);
    } finally {
      loops.forEach(ScheduledExecutorService::shutdownNow);
      worker.shutdownNow();
    }

    assertThat(told).hasValue(threads * requests);
    assertThat(wrong).isEmpty();
    assertThat(asked).hasSize(100).allSatisfy((token, times) -> assertThat(times).hasValue(1));
  }

  private static Request from(String address, String token) throws Exception {
    Client client = new Client(address, InetAddress.getByName(address), "https");
    return new Request(with(token), client, null, null, interim -> {}, TRACE);
  }

  private UserDirectory limited(int perClient, int perSecond) {
    Limits limits = new Limits(100_000, HOUR, HOUR, 1_000, perClient, perSecond, HOUR);
    return new UserDirectory(synapse, limits, clock::get);
  }

  /** Answers null to each of so many garbage tokens; returns how many questions they were. */
  private int garbage(UserDirectory directory, String address, int tokens) throws Exception {
    int before = synapse.asked.size();
    for (int i = 0; i < tokens; i++) {
      String token = "mat_" + address + i + "_" + before;
      Slice key = directory.find(from(address, token), loop.executor(), later -> {});
      if (key == null) {
        synapse.answers.get(synapse.answers.size() - 1).accept(null);
      } else {
        assertThat(key).isEqualTo(TokenHash.plain(Slice.of(token)));
      }
    }
    return synapse.asked.size() - before;
  }

  @Test
  void asksOfOneClientsGarbageASmallPartOnly() throws Exception {
    UserDirectory directory = limited(20, 0);

    assertThat(garbage(directory, "203.0.113.7", 40_000)).isEqualTo(200);
    assertThat(directory.lookUps(LookUp.LIMITED)).isEqualTo(39_800);
    assertThat(garbage(directory, "203.0.113.8", 1)).as("another client").isEqualTo(1);
    clock.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(garbage(directory, "203.0.113.7", 100)).as("a second later").isEqualTo(20);
  }

  @Test
  void takesAnIpv6NetworkForOneClient() throws Exception {
    UserDirectory directory = limited(1, 0);
    int asked = 0;
    for (int i = 0; i < 100; i++) {
      asked += garbage(directory, "2001:db8:1:2::" + Integer.toHexString(i), 1);
    }

    assertThat(asked).isEqualTo(10);
    assertThat(garbage(directory, "2001:db8:1:3::1", 1)).isEqualTo(1);
  }

  @Test
  void asksForAllClientsTogetherNoMoreThanItMay() throws Exception {
    UserDirectory directory = limited(20, 50);
    int asked = 0;
    for (int i = 0; i < 200; i++) {
      asked += garbage(directory, "198.51.100." + i, 10);
    }

    assertThat(asked).isEqualTo(500);
  }

  @Test
  void tokensThatHaveAUserCostTheirClientNothing() throws Exception {
    UserDirectory directory = limited(1, 0);
    for (int i = 0; i < 1_000; i++) {
      assertThat(directory.find(from("192.0.2.1", "mat_" + i), loop.executor(), key -> {}))
          .isNull();
      synapse.says("@alice:x");
    }

    assertThat(synapse.asked).hasSize(1_000);
  }

  private static Reply reply(int status, String coding) throws Exception {
    ReplyHead head = new ReplyHead();
    String line = coding == null ? "" : "Content-Encoding: " + coding + "\r\n";
    ByteBuf in =
        Unpooled.copiedBuffer(
            "HTTP/1.1 " + status + " X\r\n" + line + "\r\n", StandardCharsets.US_ASCII);
    head.read(in, new HeadLimits(1_000, 1_000));
    return new Reply(head, null, "w");
  }

  private void overhears(RequestHead request, String coding, byte... body) throws Exception {
    directory.lesson(request, reply(200, coding)).learn(body);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/_matrix/client/v3/login",
        "/_matrix/client/api/v1/login",
        "/_matrix/client/r0/register",
        "/_matrix/client/v3/register?kind=guest",
      })
  void learnsANewTokenFromItsReply(String target) throws Exception {
    RequestHead login = RequestHead.of("POST " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
    byte[] body =
        "{\"user_id\":\"@alice:x\",\"access_token\":\"mct_1\"}".getBytes(StandardCharsets.UTF_8);

    overhears(login, null, body);

    assertThat(find("mct_1")).containsExactly(ALICE);
    assertThat(synapse.asked).isEmpty();
  }

  @Test
  void learnsFromAZippedReply() throws Exception {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(reply("@alice:x"));
    }

    overhears(whoAmI("", "mat_1"), "gzip", zipped.toByteArray());

    assertThat(find("mat_1")).containsExactly(ALICE);
    assertThat(synapse.asked).isEmpty();
  }

  private static RequestHead whoAmI(String query, String token) {
    return head("/_matrix/client/v3/account/whoami" + query, "Authorization: Bearer " + token);
  }

  @Test
  void learnsWhatAReplySaysAfterAQuestionHasFailed() throws Exception {
    find("mat_1");
    synapse.answers.get(0).accept(null);
    overhears(whoAmI("", "mat_1"), null, reply("@alice:x"));

    assertThat(find("mat_1")).containsExactly(ALICE);
  }

  @Test
  void aQuestionWithoutAnswerDoesNotUndoWhatAReplyHasSaid() throws Exception {
    List<Slice> keys = find("mat_1");
    overhears(whoAmI("", "mat_1"), null, reply("@alice:x"));
    synapse.answers.get(0).accept(null);
    loop.run();

    assertThat(keys).containsExactly(ALICE);
    assertThat(find("mat_1")).containsExactly(ALICE);
  }

  @Test
  void learnsNothingFromOtherReplies() throws Exception {
    assertThat(directory.lesson(whoAmI("?user_id=@bob:x", "as"), reply(200, null))).isNull();
    assertThat(directory.lesson(whoAmI("", "mat_1"), reply(401, null))).isNull();
    assertThat(directory.lesson(whoAmI("", "mat_1"), reply(200, "br"))).isNull();
    assertThat(directory.lesson(whoAmI("", "syt_YWxpY2U_x_y"), reply(200, null))).isNull();
    assertThat(directory.lesson(with("mat_1"), reply(200, null))).isNull();
    assertThat(directory.lesson(head("/_matrix/client/v3/login"), reply(200, null))).isNull();
    overhears(whoAmI("", "mat_1"), "gzip", reply("@alice:x"));
    overhears(whoAmI("", "mat_1"), null, "{}".getBytes(StandardCharsets.UTF_8));

    assertThat(find("mat_1")).isEmpty();
    assertThat(synapse.asked).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/_matrix/client/v3/sync?since=s1",
        "/_matrix/client/v3/sync?timeout=30000",
        "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync?pos=1",
        "/_matrix/client/v3/events?from=s1",
      })
  void aPollWaitsLonger(String target) {
    List<Slice> keys = find(head(target, "Authorization: Bearer mat_abc"), loop);

    loop.pass(4_999);
    assertThat(keys).isEmpty();
    loop.pass(1);
    assertThat(keys).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/_matrix/client/v3/sync",
        "/_matrix/client/v3/sync?since=&timeout=0",
        "/_matrix/client/v3/rooms/!r:x/messages?from=s1&timeout=9",
      })
  void whatIsNoPollDoesNot(String target) {
    List<Slice> keys = find(head(target, "Authorization: Bearer mat_abc"), loop);

    loop.pass(250);
    assertThat(keys).hasSize(1);
  }

  @Test
  void asksForTheClientThatAsks() throws Exception {
    List<WhoAmI.Question> questions = new ArrayList<>();
    UserDirectory directory =
        new UserDirectory((question, on, answer) -> questions.add(question), LIMITS);
    RequestHead head =
        RequestHead.of(
            "GET /sync HTTP/1.1\r\nHost: h\r\nUSER-agent: a b\r\nUser-Agent: \u00fcx\r\n"
                + "Authorization: Bearer mat_1\r\n\r\n");

    directory.find(request(head), loop.executor(), key -> {});

    assertThat(questions.get(0).client()).isSameAs(CLIENT);
    assertThat(questions.get(0).agents()).isEqualTo("User-Agent: a b\r\nUser-Agent: \u00fcx\r\n");
    assertThat(questions.get(0).toString()).doesNotContain("mat_1");
  }
}
