// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.synapsegateway.discovery.DnsServer;
import org.synapsegateway.loadbalance.HashRing;
import org.synapsegateway.wire.RawClient;
import org.synapsegateway.wire.ScriptedWorker;

/** Workers on ports of hosts, by address and by name. */
class TcpWorkerTest {
  private static final String NAME = "sync-0.sync.test";

  @TempDir Path directory;
  private final TcpSite site = new TcpSite();
  private final DnsServer dns = site.dns();

  @AfterEach
  void stop() throws Exception {
    site.close();
  }

  private TestGateway gateway(String to) throws IOException {
    Path routes = Files.createDirectories(directory.resolve("routes"));
    Files.writeString(routes.resolve("front.camel.yaml"), TestRoutes.front("- to: " + to));
    return site.gateway(routes);
  }

  private static String get(RawClient client) throws IOException {
    return client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").readReply().content();
  }

  /** The connections that have carried a request; others only look whether somebody listens. */
  private static long used(ScriptedWorker worker) {
    return worker.connections().stream().filter(each -> !each.requests().isEmpty()).count();
  }

  @Test
  void aWorkerIsReachedAtItsAddress() throws Exception {
    ScriptedWorker worker = site.worker("127.0.1.1", 0, "one");
    RawClient client = site.client(gateway("worker:tcp:127.0.1.1:" + worker.port()));
    assertThat(get(client)).isEqualTo("one");
    assertThat(get(client)).isEqualTo("one");
    assertThat(used(worker)).isEqualTo(1);
  }

  @Test
  void anAddressMayStandForAllOfThisMachine() throws Exception {
    ScriptedWorker worker = site.worker("::1", 0, "one");
    RawClient client = site.client(gateway("worker:tcp:[::]:" + worker.port()));
    assertThat(get(client)).isEqualTo("one");
    assertThat(get(client)).isEqualTo("one");
    assertThat(used(worker)).isEqualTo(1);
  }

  @Test
  void soItIsAtAnAddressOfIpv6() throws Exception {
    ScriptedWorker worker = site.worker("::1", 0, "six");
    assertThat(get(site.client(gateway("worker:tcp:[::1]:" + worker.port())))).isEqualTo("six");
  }

  @Test
  void aNameIsLookedUpBesideTheRequests() throws Exception {
    dns.tell(NAME, "127.0.1.1");
    dns.lifetime(30);
    ScriptedWorker worker = site.worker("127.0.1.1", 0, "one");
    TestGateway gateway = gateway("worker:tcp:" + NAME + ":" + worker.port());
    RawClient client = site.client(gateway);
    for (int i = 0; i < 20; i++) {
      assertThat(get(client)).isEqualTo("one");
    }
    assertThat(dns.questions()).isEqualTo(2); // A and AAAA
  }

  @Test
  void aNameThatMovesTakesItsWorkersIdleConnectionsAway() throws Exception {
    dns.tell(NAME, "127.0.1.1");
    ScriptedWorker first = site.worker("127.0.1.1", 0, "first");
    site.worker("127.0.1.2", first.port(), "second");
    RawClient client = site.client(gateway("worker:tcp:" + NAME + ":" + first.port()));
    assertThat(get(client)).isEqualTo("first");
    dns.tell(NAME, "127.0.1.2");
    await().until(() -> first.openConnections() == 0);
    assertThat(get(client)).isEqualTo("second");
  }

  @Test
  void aConnectionInUseWhenItsNameMovesCarriesNoOtherRequest() throws Exception {
    dns.tell(NAME, "127.0.1.1");
    CountDownLatch answer = new CountDownLatch(1);
    ScriptedWorker first =
        site.add(
            ScriptedWorker.at(
                "127.0.1.1",
                0,
                connection -> {
                  while (connection.nextRequest() != null) {
                    connection.await(answer);
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst");
                  }
                }));
    site.worker("127.0.1.2", first.port(), "second");
    RawClient client = site.client(gateway("worker:tcp:" + NAME + ":" + first.port()));
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    first.awaitRequest(0);
    dns.tell(NAME, "127.0.1.2");
    int asked = dns.questions();
    // that it asks again shows that it has taken the answers, of which a question has two
    await().until(() -> dns.questions() > asked + 2);
    answer.countDown();
    assertThat(client.readReply().content()).isEqualTo("first");
    assertThat(get(client)).isEqualTo("second");
    assertThat(first.openConnections()).isZero();
  }

  @Test
  void healthIsAskedAtTheAddressThatAccepts() throws Exception {
    dns.tell(NAME, "::1", "127.0.1.1");
    ScriptedWorker worker = site.worker("127.0.1.1", 0, "four");
    Path routes = Files.createDirectories(directory.resolve("routes"));
    Files.writeString(
        routes.resolve("front.camel.yaml"),
        TestRoutes.frontTo("worker:tcp:" + NAME + ":" + worker.port()));
    TestGateway gateway = site.gateway(routes, "management.health-interval", "1s");
    assertThat(worker.awaitRequest(0).target()).isEqualTo("/health");
    // beside the questions it is looked whether somebody listens
    await()
        .until(
            () ->
                gateway
                    .metrics()
                    .contains("gateway_worker_up{group=\"front\",worker=\"sync-0\"} 1"));
  }

  @Test
  void noNewsChangesNothing() throws Exception {
    dns.tell(NAME, "127.0.1.1");
    ScriptedWorker worker = site.worker("127.0.1.1", 0, "one");
    RawClient client = site.client(gateway("worker:tcp:" + NAME + ":" + worker.port()));
    assertThat(get(client)).isEqualTo("one");
    for (DnsResponseCode code :
        List.of(DnsResponseCode.NXDOMAIN, DnsResponseCode.SERVFAIL, DnsResponseCode.NOERROR)) {
      dns.fail(NAME, code);
      int before = dns.questions();
      await().until(() -> dns.questions() > before + 1);
      assertThat(get(client)).isEqualTo("one");
    }
    assertThat(used(worker)).isEqualTo(1);
  }

  @Test
  void anAnswerAboutOneFamilyOnlyTakesNoAddressOfTheOtherAway() throws Exception {
    dns.tell(NAME, "::1", "127.0.1.1");
    ScriptedWorker worker = site.worker("127.0.1.1", 0, "four");
    RawClient client = site.client(gateway("worker:tcp:" + NAME + ":" + worker.port()));
    assertThat(get(client)).isEqualTo("four");
    dns.failNext(DnsRecordType.A);
    await().until(dns::hasFailed);
    int asked = dns.questions();
    // that it asks again shows that it has taken the answers
    await().until(() -> dns.questions() > asked + 2);
    assertThat(get(client)).isEqualTo("four");
    assertThat(used(worker)).isEqualTo(1);
  }

  @Test
  void aFamilyThatTwoAnswersLackIsGone() throws Exception {
    dns.tell(NAME, "::1", "127.0.1.1");
    ScriptedWorker worker = site.worker("127.0.1.1", 0, "four");
    site.worker("::1", worker.port(), "six");
    RawClient client = site.client(gateway("worker:tcp:" + NAME + ":" + worker.port()));
    assertThat(get(client)).isEqualTo("six");
    dns.tell(NAME, "127.0.1.1");
    await().until(() -> get(client).equals("four"));
  }

  @Test
  void holdWaitsForAName() throws Exception {
    ScriptedWorker worker = site.worker("127.0.1.1", 0, "late");
    RawClient client =
        site.client(gateway("worker:tcp:" + NAME + ":" + worker.port() + "?hold=60s"));
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").awaitTaken();
    int before = dns.questions();
    await().until(() -> dns.questions() > before);
    dns.tell(NAME, "127.0.1.1");
    assertThat(client.readReply().content()).isEqualTo("late");
  }

  @Test
  void withoutHoldANameThatNobodyKnowsIsToldAtOnce() throws Exception {
    RawClient client = site.client(gateway("worker:tcp:" + NAME + ":1"));
    assertThat(client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").readReply().status())
        .isEqualTo(502);
  }

  @Test
  void aPortThatRefusesIsTriedForEachRequest() throws Exception {
    ScriptedWorker worker = ScriptedWorker.at("127.0.1.1", 0, ScriptedWorker.saying("one"));
    int port = worker.port();
    worker.close();
    RawClient client = site.client(gateway("worker:tcp:127.0.1.1:" + port));
    assertThat(client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").readReply().status())
        .isEqualTo(502);
    site.worker("127.0.1.1", port, "back");
    assertThat(get(client)).isEqualTo("back");
  }

  @Test
  void ofTwoFamiliesTheOneThatAcceptsIsTaken() throws Exception {
    dns.tell(NAME, "::1", "127.0.1.1");
    ScriptedWorker worker = site.worker("127.0.1.1", 0, "four");
    assertThat(get(site.client(gateway("worker:tcp:" + NAME + ":" + worker.port()))))
        .isEqualTo("four");
  }

  @Test
  void aHostThatDoesNotAnswerIsGivenUp() throws Exception {
    try (Deaf deaf = new Deaf("127.0.1.3")) {
      RawClient client =
          site.client(gateway("worker:tcp:127.0.1.3:" + deaf.port() + "?connectTimeout=100ms"));
      assertThat(client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").readReply().status())
          .isEqualTo(502);
    }
  }

  @Test
  void anAddressThatDoesNotAnswerDoesNotKeepARequestFromTheOther() throws Exception {
    try (Deaf deaf = new Deaf("127.0.1.1")) {
      dns.tell(NAME, "127.0.1.3", "127.0.1.1");
      site.worker("127.0.1.3", deaf.port(), "one");
      RawClient client =
          site.client(gateway("worker:tcp:" + NAME + ":" + deaf.port() + "?connectTimeout=60s"));
      assertThat(get(client)).isEqualTo("one");
    }
  }

  /** A port where nobody gets in any more: Linux lets what comes then go unanswered. */
  private static final class Deaf implements AutoCloseable {
    private final ServerSocketChannel server = ServerSocketChannel.open();
    private final List<SocketChannel> waiting = new ArrayList<>();

    Deaf(String address) throws IOException {
      server.bind(
          new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(address), 0), 1);
      for (int i = 0; i < 4; i++) {
        SocketChannel one = SocketChannel.open();
        one.configureBlocking(false);
        one.connect(server.getLocalAddress());
        waiting.add(one);
      }
    }

    int port() throws IOException {
      return ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    @Override
    public void close() throws IOException {
      for (SocketChannel each : waiting) {
        each.close();
      }
      server.close();
    }
  }

  @Test
  void aRingHasWorkersOfBothKinds() throws Exception {
    ScriptedWorker port = site.worker("127.0.1.1", 0, "port");
    ScriptedWorker socket =
        ScriptedWorker.at(directory.resolve("w.sock"), ScriptedWorker.saying("socket"));
    site.add(socket);
    Path routes = Files.createDirectories(directory.resolve("both"));
    Files.writeString(
        routes.resolve("front.camel.yaml"),
        """
        - beans:
            - name: ring
              type: org.synapsegateway.loadbalance.ConsistentHash
              properties: { key: path }
        """
            + TestRoutes.front(
                """
                - loadBalance:
                    customLoadBalancer: { ref: ring }
                    steps:
                      - to: worker:unix:%s
                      - to: worker:tcp:127.0.1.1:%d
                """
                    .formatted(socket.path(), port.port())));
    TestGateway gateway = site.gateway(routes);
    RawClient client = site.client(gateway);
    HashRing ring =
        new HashRing(
            List.of(
                new HashRing.Member("unix:" + socket.path(), 1),
                new HashRing.Member("127.0.1.1:" + port.port(), 1)),
            HashRing.NGINX_POINTS);
    for (int i = 0; i < 20; i++) {
      byte[] key = ("/" + i).getBytes(StandardCharsets.US_ASCII);
      int member = ring.memberAt(ring.pointFor(HashRing.hash(key, 0, key.length)));
      assertThat(client.send("GET /" + i + " HTTP/1.1\r\nHost: h\r\n\r\n").readReply().content())
          .isEqualTo(member == 0 ? "socket" : "port");
    }
    assertThat(gateway.metrics())
        .contains("gateway_worker_up{group=\"front\",worker=\"127.0.1.1:" + port.port() + "\"} 1")
        .contains("gateway_worker_up{group=\"front\",worker=\"w\"} 1");
    site.close(port);
    await().until(() -> gateway.metrics().contains("worker=\"127.0.1.1:" + port.port() + "\"} 0"));
    for (int i = 0; i < 20; i++) {
      assertThat(client.send("GET /" + i + " HTTP/1.1\r\nHost: h\r\n\r\n").readReply().content())
          .isEqualTo("socket");
    }
  }
}
