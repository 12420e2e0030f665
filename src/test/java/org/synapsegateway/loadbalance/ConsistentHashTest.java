// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeExtension;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.errorhandler.NoErrorHandlerDefinition;
import org.apache.camel.spi.InternalProcessorFactory;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.exchange.StepChannels;
import org.synapsegateway.http.Failure;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.request.Request;
import org.synapsegateway.worker.ScriptedWorkers;
import org.synapsegateway.worker.WorkerEndpoint;
import org.synapsegateway.worker.WorkerException;

/** The load balancer as YAML routes use it, before workers that answer or fail as they are told. */
class ConsistentHashTest {
  private static final String SYNC = "unix:/run/matrix-synapse/inbound_normal_sync%d.sock";
  private static final String GONE = "unix:/run/matrix-synapse/gone.sock";
  private static final String BY_HEADER = "\"simple:${body.field('X-Key')}\"";
  private static final String NO_ERROR_HANDLER = "- errorHandler: { noErrorHandler: {} }\n";

  private static final String TWO_BLOCKS =
      "one ConsistentHash bean for two loadBalance blocks would mix their workers; give each block"
          + " a bean of its own";

  private final Set<String> dead = ConcurrentHashMap.newKeySet();
  private final Set<String> harmed = ConcurrentHashMap.newKeySet();
  private final ScriptedWorkers workers = new ScriptedWorkers(this::failure);
  private final CamelContext context = new DefaultCamelContext();
  private ProducerTemplate client;

  @AfterEach
  void stop() {
    context.stop();
  }

  private Exception failure(String worker) {
    if (dead.contains(worker)) {
      return new WorkerException(Failure.WORKER_UNREACHABLE, worker, true);
    }
    return harmed.contains(worker)
        ? new WorkerException(Failure.WORKER_CLOSED, worker, false)
        : null;
  }

  private void start(String... yaml) throws Exception {
    context
        .getCamelContextExtension()
        .addContextPlugin(InternalProcessorFactory.class, new StepChannels());
    context.addComponent("worker", workers);
    context.start();
    for (String text : yaml) {
      load(text);
    }
    client = context.createProducerTemplate();
  }

  /** Loads a file of routes, in place of what it held before. */
  private void load(String yaml) throws Exception {
    Resource file = ResourceHelper.fromString(yaml.hashCode() + ".camel.yaml", yaml);
    PluginHelper.getRoutesLoader(context).updateRoutes(file);
  }

  private static String bean(String name, String key) {
    return """
        - beans:
            - name: %s
              type: org.synapsegateway.loadbalance.ConsistentHash
              properties: { key: %s }
        """
        .formatted(name, key);
  }

  private static String route(String id, String bean, List<String> workers) {
    StringBuilder steps = new StringBuilder();
    workers.forEach(
        worker -> steps.append("              - to: worker:").append(worker).append('\n'));
    return """
        - route:
            id: %1$s
            from:
              uri: direct:%1$s
              steps:
                - loadBalance:
                    customLoadBalancer: { ref: %2$s }
                    steps:%3$s
        """
            .formatted(id, bean, workers.isEmpty() ? " []" : "")
        + steps;
  }

  private static String group(String key, List<String> workers) {
    return NO_ERROR_HANDLER + bean("balancer", key) + route("group", "balancer", workers);
  }

  private static List<String> syncWorkers() {
    return IntStream.rangeClosed(1, 3).mapToObj(SYNC::formatted).toList();
  }

  private static Request request(String target, String fields) {
    try {
      return new Request(
          RequestHead.of("GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"),
          null,
          null,
          null,
          null);
    } catch (HttpException e) {
      throw new AssertionError(e);
    }
  }

  private static Request keyed(String key) {
    return request("/", key.isEmpty() ? "" : "X-Key: " + key + "\r\n");
  }

  private Exchange send(String route, Request request) {
    return client.send("direct:" + route, exchange -> exchange.getMessage().setBody(request));
  }

  private String serverOf(Request request) {
    Exchange exchange = send("group", request);
    assertThat(exchange.getException()).isNull();
    return exchange.getMessage().getBody(String.class);
  }

  private static byte[] bytes(String key) {
    return key.getBytes(UTF_8);
  }

  private ConsistentHash balancer() {
    return context.getRegistry().lookupByNameAndType("balancer", ConsistentHash.class);
  }

  @Test
  void everyKeyOfTheVectorsIsServedByTheWorkerOfNginx() throws Exception {
    start(group(BY_HEADER, syncWorkers()));

    assertThat(Vectors.read("nginx-hash-three-unix-workers"))
        .hasSize(168)
        .allSatisfy(row -> assertThat(serverOf(keyed(row.key()))).isEqualTo(row.choice()));
  }

  @Test
  void everyKeyOfADeadWorkerIsServedByTheNextOneOfNginx() throws Exception {
    dead.add(GONE);
    start(group(BY_HEADER, List.of(SYNC.formatted(1), GONE, SYNC.formatted(3))));

    assertThat(Vectors.read("nginx-hash-one-dead-worker"))
        .hasSize(168)
        .allSatisfy(row -> assertThat(serverOf(keyed(row.key()))).isEqualTo(row.choice()));
    assertThat(workers.asked()).contains(GONE);
  }

  @Test
  void everyKeyOfADrainedWorkerIsServedByTheNextOneOfNginx() throws Exception {
    start(group(BY_HEADER, List.of(SYNC.formatted(1), GONE, SYNC.formatted(3))));
    drain(GONE, true);

    assertThat(Vectors.read("nginx-hash-one-dead-worker"))
        .hasSize(168)
        .allSatisfy(row -> assertThat(serverOf(keyed(row.key()))).isEqualTo(row.choice()));
    assertThat(workers.asked()).hasSize(168).doesNotContain(GONE);
  }

  private void drain(String worker, boolean yes) {
    context.getEndpoint("worker:" + worker, WorkerEndpoint.class).drain(yes);
  }

  @Test
  void aWorkerThatComesBackHasItsKeysAgain() throws Exception {
    start(group(BY_HEADER, syncWorkers()));
    List<String> order = balancer().order(bytes("YWxpY2U"));

    drain(order.get(0), true);
    assertThat(balancer().order(bytes("YWxpY2U"))).isEqualTo(order.subList(1, 3));
    assertThat(serverOf(keyed("YWxpY2U"))).isEqualTo(order.get(1));

    drain(order.get(0), false);
    assertThat(serverOf(keyed("YWxpY2U"))).isEqualTo(order.get(0));
  }

  @Test
  void aDrainedWorkerIsNotAskedInPlaceOfADeadOne() throws Exception {
    start(group(BY_HEADER, syncWorkers()));
    List<String> order = balancer().order(bytes("YWxpY2U"));
    dead.add(order.get(0));
    drain(order.get(1), true);

    assertThat(serverOf(keyed("YWxpY2U"))).isEqualTo(order.get(2));
    assertThat(workers.asked()).containsExactly(order.get(0), order.get(2));
  }

  @Test
  void aDrainedWorkerServesWhenAllOthersAreDead() throws Exception {
    start(group(BY_HEADER, syncWorkers()));
    List<String> order = balancer().order(bytes("YWxpY2U"));
    dead.add(order.get(0));
    dead.add(order.get(2));
    drain(order.get(1), true);

    assertThat(serverOf(keyed("YWxpY2U"))).isEqualTo(order.get(1));
    assertThat(workers.asked()).containsExactly(order.get(0), order.get(2), order.get(1));
  }

  @Test
  void drainedWorkersStandInForEachOtherIfNobodyElseMay() throws Exception {
    start(group(BY_HEADER, syncWorkers()));
    List<String> order = balancer().order(bytes("YWxpY2U"));
    dead.add(order.get(0));
    syncWorkers().forEach(worker -> drain(worker, true));

    assertThat(serverOf(keyed("YWxpY2U"))).isIn(order.get(1), order.get(2));
    assertThat(workers.asked()).hasSize(2).startsWith(order.get(0));
  }

  @Test
  void requestsWithoutKeyPassADrainedWorkerOver() throws Exception {
    start(group("user", syncWorkers()));
    drain(SYNC.formatted(2), true);

    for (int i = 0; i < 6; i++) {
      serverOf(request("/", ""));
    }
    assertThat(workers.asked()).hasSize(6).doesNotContain(SYNC.formatted(2));
  }

  @Test
  void whenAllAreDrainedTheyServeBecauseNobodyElseMay() throws Exception {
    start(group(BY_HEADER, syncWorkers()));
    String home = serverOf(keyed("YWxpY2U"));
    syncWorkers().forEach(worker -> drain(worker, true));

    assertThat(serverOf(keyed("YWxpY2U"))).isEqualTo(home);
  }

  @Test
  void aUsersRequestsMeetWhateverTheDeviceAndWhereverTheToken() throws Exception {
    start(group("user", syncWorkers()));

    assertThat(serverOf(request("/", "Authorization: Bearer syt_YWxpY2U_a_1\r\n")))
        .isEqualTo(SYNC.formatted(2));
    assertThat(serverOf(request("/?access_token=syt_YWxpY2U_b_2", "")))
        .isEqualTo(SYNC.formatted(2));
  }

  @Test
  void thePathCanBeTheKey() throws Exception {
    start(group("path", syncWorkers()));

    // what follows the path does not count
    assertThat(serverOf(request("/a?b", ""))).isEqualTo(serverOf(request("/a?c", "")));
    assertThat(serverOf(request("/a", ""))).isEqualTo(balancer().order(bytes("/a")).get(0));
  }

  @Test
  void requestsWithoutKeyTakeTurnsByWeight() throws Exception {
    start(
        group(
            "user",
            List.of(SYNC.formatted(1) + "?weight=5", SYNC.formatted(2), SYNC.formatted(3))));

    StringBuilder turns = new StringBuilder();
    for (int i = 0; i < 7; i++) {
      turns.append("abc".charAt(syncWorkers().indexOf(serverOf(request("/", "")))));
    }
    assertThat(turns).hasToString("aabacaa");
  }

  @Test
  void theOrderOfTheStepsMovesNobody() throws Exception {
    List<String> reversed = new ArrayList<>(syncWorkers());
    Collections.reverse(reversed);
    start(
        group(BY_HEADER, syncWorkers())
            + bean("other", BY_HEADER)
            + route("other", "other", reversed));

    for (int user = 0; user < 200; user++) {
      Request request = keyed("user" + user);
      assertThat(send("other", request).getMessage().getBody()).isEqualTo(serverOf(request));
    }
  }

  @Test
  void morePointsMakeALargerRing() throws Exception {
    start(group(BY_HEADER, syncWorkers()).replace("key:", "points: 4096, key:"));

    assertThat(balancer().getPoints()).isEqualTo(4096);
    HashRing ring =
        new HashRing(
            syncWorkers().stream().map(name -> new HashRing.Member(name, 1)).toList(), 4096);
    for (int user = 0; user < 200; user++) {
      Vectors.Row row = new Vectors.Row("user" + user, "");
      assertThat(serverOf(keyed(row.key())))
          .isEqualTo(
              syncWorkers()
                  .get(
                      ring.memberAt(
                          ring.pointFor(HashRing.hash(row.bytes(), 0, row.bytes().length)))));
    }
  }

  /** Has this many requests of one key in flight at once; returns the workers that have them. */
  private List<String> inFlight(int count, String key) {
    workers.asked().clear();
    workers.hold();
    for (int i = 0; i < count; i++) {
      Exchange exchange = new DefaultExchange(context);
      exchange.getMessage().setBody(keyed(key));
      balancer().process(exchange, doneSync -> {});
    }
    List<String> asked = List.copyOf(workers.asked());
    workers.release();
    return asked;
  }

  @Test
  void aWorkerHasAsManyRequestsInFlightAsCome() throws Exception {
    start(group(BY_HEADER, syncWorkers()));

    assertThat(inFlight(9, "YWxpY2U")).containsOnly(SYNC.formatted(2)).hasSize(9);
  }

  @Test
  void withABoundAKeyMovesOnAlongTheRingAndComesBack() throws Exception {
    start(group(BY_HEADER, syncWorkers()).replace("key:", "balanceFactor: 1, key:"));
    List<String> order = balancer().order(bytes("YWxpY2U"));
    List<String> spread = List.of(order.get(0), order.get(1), order.get(2), order.get(0));

    assertThat(inFlight(4, "YWxpY2U")).isEqualTo(spread);
    // all have ended, so nothing is in flight
    assertThat(inFlight(4, "YWxpY2U")).isEqualTo(spread);
  }

  @Test
  void aFailedRequestIsNotInFlight() throws Exception {
    dead.addAll(syncWorkers());
    start(group(BY_HEADER, syncWorkers()).replace("key:", "balanceFactor: 1, key:"));
    List<String> order = balancer().order(bytes("YWxpY2U"));
    for (int i = 0; i < 5; i++) {
      workers.asked().clear();
      send("group", keyed("YWxpY2U"));

      assertThat(workers.asked()).isEqualTo(order);
    }
  }

  @Test
  void aBoundBelowTheAverageIsRefused() {
    assertRefused(
        group("user", syncWorkers()).replace("key:", "balanceFactor: 0.5, key:"),
        "balanceFactor: 0.5 is too small; write 1 or more, or 0 for no bound");
  }

  @Test
  void aFailureThatMayHaveBeenActedOnIsNotTriedElsewhere() throws Exception {
    harmed.addAll(syncWorkers());
    start(group(BY_HEADER, syncWorkers()));

    Exchange exchange = send("group", keyed("YWxpY2U"));

    assertThat(exchange.getException()).hasMessage(SYNC.formatted(2));
    assertThat(workers.asked()).containsExactly(SYNC.formatted(2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"YWxpY2U", "Ym9i", ""})
  void whenAllFailEachHasBeenAskedOnceInTheOrderToldAndTheLastFailureStays(String key)
      throws Exception {
    dead.addAll(syncWorkers());
    start(group(BY_HEADER, syncWorkers()));
    List<String> order = balancer().order(bytes(key));

    Exchange exchange = send("group", keyed(key));

    assertThat(workers.asked()).isEqualTo(order);
    assertThat(new HashSet<>(order)).isEqualTo(Set.copyOf(syncWorkers())).hasSize(3);
    assertThat(exchange.getException())
        .isInstanceOf(WorkerException.class)
        .hasMessage(order.get(2));
  }

  @Test
  void anExchangeThatWasServedAtLastShowsNoFailureToTheStepsBehind() throws Exception {
    dead.add(SYNC.formatted(2));
    start(
        """
        - errorHandler:
            defaultErrorHandler: { level: "OFF" }
        """
            + bean("balancer", BY_HEADER)
            + route("group", "balancer", syncWorkers())
            + "        - setHeader: { name: after, simple: \"${body}\" }\n");

    Exchange exchange = send("group", keyed("YWxpY2U"));

    assertThat(workers.asked()).containsExactly(SYNC.formatted(2), SYNC.formatted(1));
    assertThat(exchange.getMessage().getHeader("after")).isEqualTo(SYNC.formatted(1));
    assertThat(exchange.isFailed()).isFalse();
    assertThat(exchange.getAllProperties())
        .doesNotContainKeys(
            Exchange.EXCEPTION_CAUGHT, Exchange.FAILURE_ENDPOINT, Exchange.FAILURE_ROUTE_ID);
    ExchangeExtension extension = exchange.getExchangeExtension();
    assertThat(extension.isFailureHandled()).isFalse();
    assertThat(extension.isErrorHandlerHandledSet()).isFalse();
    assertThat(extension.isRedeliveryExhausted()).isFalse();
  }

  @Test
  void manyDeadWorkersDoNotFillTheStack() throws Exception {
    List<String> many = IntStream.range(0, 200).mapToObj(SYNC::formatted).toList();
    dead.addAll(many);
    // as the gateway has it: then nothing of Camel's is between two workers
    context.setStreamCaching(false);
    context.getCamelContextExtension().setErrorHandlerFactory(new NoErrorHandlerDefinition());
    start(group(BY_HEADER, many));

    send("group", keyed("YWxpY2U"));

    assertThat(workers.depths()).hasSize(200);
    assertThat(Set.copyOf(workers.depths().subList(1, 200))).hasSize(1);
  }

  @Test
  void threadsDoNotMixRequestsUp() throws Exception {
    dead.add(SYNC.formatted(2));
    start(group(BY_HEADER, syncWorkers()));
    ConsistentHash balancer = balancer();

    IntStream.range(0, 4_000)
        .parallel()
        .forEach(
            i -> {
              String key = "user" + i % 100;
              List<String> order = balancer.order(bytes(key));
              assertThat(serverOf(keyed(key)))
                  .isEqualTo(order.get(dead.contains(order.get(0)) ? 1 : 0));
            });
  }

  @Test
  void aSingleWorkerNeedsNoKey() throws Exception {
    start(group("\"simple:${body.noSuchMethod}\"", List.of(GONE)));

    assertThat(serverOf(keyed("x"))).isEqualTo(GONE);
  }

  @Test
  void aKeyThatCannotBeEvaluatedFailsTheRequest() throws Exception {
    start(group("\"simple:${body.noSuchMethod}\"", syncWorkers()));

    assertThat(send("group", keyed("x")).getException()).hasMessageContaining("noSuchMethod");
    assertThat(workers.asked()).isEmpty();
  }

  @Test
  void aBodyThatIsNoRequestFailsAtOnce() throws Exception {
    start(group("user", syncWorkers()));
    Exchange exchange = new DefaultExchange(context);
    exchange.getMessage().setBody("text");
    List<Boolean> done = new ArrayList<>();
    AsyncCallback callback = done::add;

    assertThat(balancer().process(exchange, callback)).isTrue();
    assertThat(done).containsExactly(true);
    assertThat(exchange.getException())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("there is no request");
  }

  @Test
  void aRequestIsDoneOnceAndNeverInTime() throws Exception {
    dead.add(SYNC.formatted(2));
    start(group(BY_HEADER, syncWorkers()));
    Exchange exchange = new DefaultExchange(context);
    exchange.getMessage().setBody(keyed("YWxpY2U"));
    List<Boolean> done = new ArrayList<>();

    assertThat(balancer().process(exchange, done::add)).isFalse();
    assertThat(done).containsExactly(false);
    assertThat(exchange.getMessage().getBody()).isEqualTo(SYNC.formatted(1));
  }

  @Test
  void aWorkerThatStandsTwiceIsRefused() {
    assertRefused(
        group("user", List.of(GONE, SYNC.formatted(1), GONE + "?weight=2")),
        "the loadBalance block has worker:"
            + GONE
            + " twice; remove one step, and give the other a weight");
  }

  @Test
  void aBlockWithoutWorkersIsRefused() {
    assertRefused(
        group("user", List.of()),
        "the loadBalance block has no workers; add a step \"to: worker:unix:/path.sock\"");
  }

  @Test
  void aBlockWithAStandInOnlyHasNoWorkersInOrder() throws Exception {
    start(group("user", List.of()).replace(" []", "") + "              - to: direct:elsewhere\n");

    assertThat(balancer().order(bytes("x"))).isEmpty();
    assertThat(balancer().order()).isEmpty();
  }

  @Test
  void aStepThatIsNoWorkerIsRefusedByName() {
    assertRefused(
        group("user", List.of(GONE))
            .replace(
                "              - to: worker:",
                "              - to: direct:elsewhere\n              - to: worker:"),
        "ConsistentHash takes steps \"to: worker:...\" and one fallback after them; move"
            + " direct://elsewhere to the end");
  }

  @Test
  void anUnknownKeyIsRefused() {
    assertRefused(
        group("usr", syncWorkers()),
        "key: \"usr\" is not known; write one of client-address, media, origin, path, room, target,"
            + " user, or an expression as language:expression");
  }

  @Test
  void aRingWithoutPointsIsRefused() {
    assertRefused(
        group("user", syncWorkers()).replace("key:", "points: 0, key:"),
        "points: 0 is too few; the least is 1");
  }

  @Test
  void oneBeanForTwoBlocksIsRefused() {
    assertRefused(
        group("user", syncWorkers()) + route("second", "balancer", List.of(GONE)), TWO_BLOCKS);
  }

  @Test
  void oneBeanForTwoBlocksOfOneRouteIsRefused() {
    String route = route("group", "balancer", syncWorkers());
    assertRefused(
        bean("balancer", "user") + route + route.substring(route.indexOf("        - loadBalance")),
        TWO_BLOCKS);
  }

  private void assertRefused(String yaml, String message) {
    assertThatThrownBy(() -> start(yaml)).hasRootCauseMessage(message);
  }

  @Test
  void aRouteLoadedAgainBalancesItsNewWorkersOnly() throws Exception {
    start(
        bean("balancer", BY_HEADER), NO_ERROR_HANDLER + route("group", "balancer", syncWorkers()));
    ConsistentHash before = balancer();
    List<String> fewer = List.of(SYNC.formatted(1), SYNC.formatted(3));

    load(route("group", "balancer", fewer));

    assertThat(balancer()).isSameAs(before);
    assertThat(balancer().order(bytes("x"))).containsExactlyInAnyOrderElementsOf(fewer);
    assertThat(serverOf(keyed("YWxpY2U"))).isIn(fewer);
  }

  @Test
  void aFileLoadedAgainWithItsBeanBalancesItsNewWorkersOnly() throws Exception {
    start(group(BY_HEADER, syncWorkers()));
    List<String> fewer = List.of(SYNC.formatted(1), SYNC.formatted(3));

    load(group(BY_HEADER, fewer));

    assertThat(balancer().order(bytes("x"))).containsExactlyInAnyOrderElementsOf(fewer);
    assertThat(serverOf(keyed("YWxpY2U"))).isIn(fewer);
  }

  @Test
  void aRouteThatWasRefusedCanBeMended() throws Exception {
    start(bean("balancer", BY_HEADER));
    assertThatThrownBy(() -> load(route("group", "balancer", List.of(GONE, GONE))))
        .hasRootCauseInstanceOf(IllegalArgumentException.class);

    load(route("group", "balancer", syncWorkers()));

    assertThat(balancer().order(bytes("x"))).containsExactlyInAnyOrderElementsOf(syncWorkers());
  }

  @Test
  void aRouteThatIsStoppedAndStartedGoesOn() throws Exception {
    start(group(BY_HEADER, syncWorkers()));
    context.getRouteController().stopRoute("group");
    context.getRouteController().startRoute("group");

    assertThat(serverOf(keyed("YWxpY2U"))).isEqualTo(SYNC.formatted(2));
  }
}
