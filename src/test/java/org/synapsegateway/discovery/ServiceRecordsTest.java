// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.dns.DnsResponseCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What DNS says of a list of workers. */
class ServiceRecordsTest {
  private static final String NAME = "_http._tcp.sync.test";

  private final DnsServer dns = new DnsServer();
  private final DnsServer second = new DnsServer();
  private final Names names = Names.from(dns.address() + " " + second.address());

  @AfterEach
  void stop() {
    names.close();
    second.close();
    dns.close();
  }

  private Answer ask(boolean ports) throws Exception {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    ServiceRecords records = new ServiceRecords(names, NAME, ports);
    records.loop().execute(() -> records.ask(answer::complete));
    return answer.get(20, TimeUnit.SECONDS);
  }

  private static Member member(String ring, String server) {
    return new Member(ring, server, 0, false);
  }

  @Test
  void targetsAreTheNamesOfTheRing() throws Exception {
    dns.lifetime(7);
    dns.serve(NAME, "0 33 8008 SYNC-1.sync.test", "0 66 8009 sync-0.sync.test");
    assertThat(ask(false))
        .isEqualTo(
            Answer.of(
                List.of(
                    member("sync-1.sync.test", "tcp:sync-1.sync.test:8008"),
                    member("sync-0.sync.test", "tcp:sync-0.sync.test:8009")),
                7));
  }

  @Test
  void withPortsTheyArePlaces() throws Exception {
    dns.serve(NAME, "0 0 1 a.test", "0 0 2 a.test", "0 9 2 a.test");
    assertThat(ask(true).members())
        .containsExactly(member("a.test:1", "tcp:a.test:1"), member("a.test:2", "tcp:a.test:2"));
  }

  @Test
  void anErrorIsNoAnswer() throws Exception {
    for (DnsResponseCode code :
        new DnsResponseCode[] {
          DnsResponseCode.SERVFAIL, DnsResponseCode.NXDOMAIN, DnsResponseCode.REFUSED
        }) {
      dns.fail(NAME, code);
      second.fail(NAME, code);
      assertThat(ask(false))
          .isEqualTo(
              Answer.none(
                  code.equals(DnsResponseCode.NXDOMAIN)
                      ? AnswerFailure.UNKNOWN
                      : AnswerFailure.ERROR,
                  "DNS says " + code));
    }
  }

  @Test
  void neitherIsAnAnswerThatIsCutOffWithoutServerOverTcp() throws Exception {
    dns.cut(NAME, "0 0 1 a.test");
    second.cut(NAME, "0 0 1 a.test");
    assertThat(ask(false)).isEqualTo(Answer.none(AnswerFailure.UNUSABLE, "the answer is cut off"));
  }

  @Test
  void norIsOneWithSeveralPriorities() throws Exception {
    dns.serve(NAME, "0 0 1 a.test", "1 0 1 b.test");
    second.serve(NAME, "0 0 1 a.test", "1 0 1 b.test");
    assertThat(ask(false))
        .isEqualTo(
            Answer.none(AnswerFailure.UNUSABLE, "its records have several priorities, [0, 1]"));
  }

  @Test
  void recordsOfOtherNamesAreNoWorkers() throws Exception {
    dns.serve(NAME, "0 0 1 a.test", "0 0 1 evil.test _http._tcp.other.test");
    assertThat(ask(false).members()).containsExactly(member("a.test", "tcp:a.test:1"));
    dns.serve(NAME, "0 0 1 evil.test _http._tcp.other.test");
    second.serve(NAME);
    assertThat(ask(false)).isEqualTo(Answer.none(AnswerFailure.EMPTY, "the answer is empty"));
  }

  @Test
  void theNameMayBeAnAlias() throws Exception {
    dns.serve(NAME, "0 0 1 a.test _HTTP._tcp.other.test", "CNAME _http._tcp.other.test");
    assertThat(ask(false).members()).containsExactly(member("a.test", "tcp:a.test:1"));
  }

  @Test
  void aDotSaysThatNobodyIsThere() throws Exception {
    for (DnsServer each : List.of(dns, second)) {
      each.serve(NAME, "0 0 0 .");
    }
    assertThat(ask(false)).isEqualTo(Answer.none(AnswerFailure.EMPTY, "the answer is empty"));
  }

  @Test
  void whoeverSaysThatNobodyIsThereIsNotTheLastToBeAsked() throws Exception {
    dns.serve(NAME);
    second.serve(NAME, "0 0 1 a.test");
    assertThat(ask(false).members()).containsExactly(member("a.test", "tcp:a.test:1"));
    dns.serve(NAME, "0 0 0 .");
    assertThat(ask(false).members()).containsExactly(member("a.test", "tcp:a.test:1"));
  }

  @Test
  void silenceIsToldInTheSameWordsEachTime() throws Exception {
    dns.silent(true);
    second.silent(true);
    Answer silence = Answer.none(AnswerFailure.NO_ANSWER, "no DNS server answers within 2000 ms");
    assertThat(ask(false)).isEqualTo(silence);
    assertThat(ask(false)).isEqualTo(silence);
  }

  @Test
  void theSecondServerIsAskedWhereTheFirstDoesNotKnow() throws Exception {
    dns.fail(NAME, DnsResponseCode.SERVFAIL);
    second.serve(NAME, "0 0 1 a.test");
    assertThat(ask(false).members()).containsExactly(member("a.test", "tcp:a.test:1"));
  }

  @Test
  void andWhereTheFirstIsSilent() throws Exception {
    dns.silent(true);
    second.serve(NAME, "0 0 1 a.test");
    assertThat(ask(false).members()).containsExactly(member("a.test", "tcp:a.test:1"));
  }
}
