// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.net.AddressSet;

class ForwardedTest {
  private final Forwarded forwarded = Forwarded.trusting("127.0.0.0/8 10.0.0.0/8 ::1");
  private final Client peer = peer("127.0.0.1");

  private static Client peer(String address) {
    return Forwarded.peer(new InetSocketAddress(AddressSet.numeric(address), 5));
  }

  private static RequestHead head(String... lines) throws HttpException {
    String fields = lines.length == 0 ? "" : String.join("\r\n", lines) + "\r\n";
    return RequestHead.of("GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n");
  }

  private Client client(String... lines) throws HttpException {
    return forwarded.client(head(lines), peer, null);
  }

  /** What a worker is told of a client. */
  private static String told(RequestHead head, Client client) {
    ByteBuf out = Unpooled.buffer();
    HeadWriter.request(out, head, client, Map.of(), null, null);
    return out.toString(StandardCharsets.ISO_8859_1)
        .lines()
        .filter(line -> line.startsWith("X-Forwarded"))
        .reduce("", (one, other) -> one + other + "|");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "1.2.3.4                          | 1.2.3.4",
        "10.0.0.7, 10.0.0.8               | 10.0.0.7",
        "1.2.3.4,                         | 1.2.3.4",
        ",, 1.2.3.4 ,\t, 10.0.0.1,        | 1.2.3.4",
        "1.2.3.4:567                      | 1.2.3.4",
        "1.2.3.4:567, 10.0.0.1:65535      | 1.2.3.4",
        "\"1.2.3.4\"                      | 1.2.3.4",
        "\"1.2.3.4:567\"                  | 1.2.3.4",
        "[2001:db8::1]                    | 2001:db8::1",
        "[2001:db8::1]:567                | 2001:db8::1",
        "[2001:db8::1]:567, 127.0.0.1:5   | 2001:db8::1",
        "\"[2001:db8::1]:567\"            | 2001:db8::1",
        "\"2001:db8::1\"                  | 2001:db8::1",
        "2001:DB8:0:0:0:0:0:1             | 2001:db8::1",
        "2001:db8:85a3:8d3:1319:8a2e:370:9c82 | 2001:db8:85a3:8d3:1319:8a2e:370:9c82",
        "2001:db8::1:5112                 | 2001:db8::1:5112",
        "fe80::1%eth0                     | fe80::1",
        "fe80::1%vEthernet (vmxnet3 ..)   | fe80::1",
        "[fe80::1%25eth0]:80              | fe80::1",
        "::ffff:1.2.3.4                   | 1.2.3.4",
        "[::ffff:1.2.3.4]:80              | 1.2.3.4",
        "::ffff:102:304                   | 1.2.3.4",
        "1.2.3.4, ::ffff:10.0.0.1         | 1.2.3.4",
      })
  void theClientIsTheFirstAddressFromTheRightThatNoTrustedProxyHas(String list, String address)
      throws HttpException {
    Client client = client("X-Forwarded-For: " + list);

    assertThat(client.address()).isEqualTo(address);
    assertThat(client.naming()).isEqualTo(Naming.NAMED);
    assertThat(client.mayBePrivate()).isTrue();
    assertThat(told(head("X-Forwarded-For: " + list), client))
        .isEqualTo("X-Forwarded-For: " + address + "|");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "X-Forwarded-For: 203.0.113.9, 192.168.0.5           | 192.168.0.5",
        "X-Forwarded-For: 203.0.113.9, 192.168.0.5, 10.0.0.1 | 192.168.0.5",
        "X-Forwarded-For: 192.168.0.9,, 192.168.0.5:80,      | 192.168.0.5",
        "X-Forwarded-For: 10.0.0.1, 192.168.0.5              | 192.168.0.5",
        "X-Forwarded-For: unknown, 192.168.0.5               | 192.168.0.5",
        "X-Forwarded-For: garbage, 1.2.3.4                   | 1.2.3.4",
        "Forwarded: for=203.0.113.9, for=192.168.0.5         | 192.168.0.5",
        "Forwarded: proto=https, for=192.168.0.5;proto=https | 192.168.0.5",
      })
  void whomATrustedProxyNamesIsTheClientThoughItForwardsItself(String line, String address)
      throws HttpException {
    Client client = client(line);

    assertThat(client.naming()).isEqualTo(Naming.RELAYED);
    assertThat(client.mayBePrivate()).isTrue();
    assertThat(client.flaw()).isNull();
    assertThat(client.address()).isEqualTo(address);
  }

  @Test
  void whatAProxyThatNobodyTrustsSaysIsNoMoreThanASign() throws HttpException {
    assertThat(client("X-Forwarded-For: 6.6.6.6", "X-Forwarded-For: 192.168.0.5").naming())
        .isEqualTo(Naming.RELAYED);
    assertThat(client("Forwarded: for=\"", "Forwarded: for=192.168.0.5").naming())
        .isEqualTo(Naming.RELAYED);
    assertThat(client("X-Forwarded-For: ,", "X-Forwarded-For: , 192.168.0.5").naming())
        .isEqualTo(Naming.NAMED);
    assertThat(client("Forwarded: for=6.6.6.6;proto=http, for=1.2.3.4;proto=https").scheme())
        .isEqualTo("https");
  }

  @Test
  void severalLinesAreOneList() throws HttpException {
    assertThat(client("X-Forwarded-For: 6.6.6.6", "x-forwarded-for: 1.2.3.4").address())
        .isEqualTo("1.2.3.4");
    assertThat(client("X-Forwarded-For: 1.2.3.4, 10.2.2.2", "X-Forwarded-For: 10.1.1.1").address())
        .isEqualTo("1.2.3.4");
    assertThat(client("X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: ").address())
        .isEqualTo("1.2.3.4");
    assertThat(client("X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: unknown").mayBePrivate())
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "                           | 127.0.0.1 | is empty",
        ",                          | 127.0.0.1 | is empty",
        ", ,                        | 127.0.0.1 | is empty",
        "unknown                    | 127.0.0.1 | says \"unknown\"",
        "203.0.113.9, Unknown       | 127.0.0.1 | says \"unknown\"",
        "203.0.113.9, unknown, 10.0.0.1 | 10.0.0.1 | says \"unknown\"",
        "unix:                      | 127.0.0.1 | says \"unix:\"",
        "203.0.113.9, unix:         | 127.0.0.1 | says \"unix:\"",
        "unix:/run/x.sock           | 127.0.0.1 | says \"unix:\"",
        "_hidden                    | 127.0.0.1 | has a hidden name",
        "_SEVKISEK                  | 127.0.0.1 | has a hidden name",
        "for=10.0.0.7               | 127.0.0.1 | has something that is not an IP address",
        "localhost                  | 127.0.0.1 | has something that is not an IP address",
        "203.0.113.009              | 127.0.0.1 | has something that is not an IP address",
        "010.0.0.1                  | 127.0.0.1 | has something that is not an IP address",
        "0x7f.0.0.1                 | 127.0.0.1 | has something that is not an IP address",
        "2130706433                 | 127.0.0.1 | has something that is not an IP address",
        "127.1                      | 127.0.0.1 | has something that is not an IP address",
        "10.0.0.1/32                | 127.0.0.1 | has something that is not an IP address",
        "10.0.0.1%eth0              | 127.0.0.1 | has something that is not an IP address",
        "10.0.0.1:                  | 127.0.0.1 | has something that is not an IP address",
        "10.0.0.1:65536             | 127.0.0.1 | has something that is not an IP address",
        "10.0.0.1:99999             | 127.0.0.1 | has something that is not an IP address",
        "[::1]:70000                | 127.0.0.1 | has something that is not an IP address",
        "for=10.0.0.1:65535         | 127.0.0.1 | has something that is not an IP address",
        "10.0.0.1:x                 | 127.0.0.1 | has something that is not an IP address",
        "10.0.0.1:123456            | 127.0.0.1 | has something that is not an IP address",
        "10.0.0.1 10.0.0.2          | 127.0.0.1 | has something that is not an IP address",
        "10.0.0.1;10.0.0.2          | 127.0.0.1 | has something that is not an IP address",
        "10.0.0.1\u00a0             | 127.0.0.1 | has something that is not an IP address",
        "2001:db8::1]:443           | 127.0.0.1 | has something that is not an IP address",
        "[2001:db8::1               | 127.0.0.1 | has something that is not an IP address",
        "[2001:db8::1]x             | 127.0.0.1 | has something that is not an IP address",
        "[10.0.0.1]                 | 127.0.0.1 | has something that is not an IP address",
        "[]                         | 127.0.0.1 | has something that is not an IP address",
        "fe80::1%                   | 127.0.0.1 | has something that is not an IP address",
        "\"10.0.0.1                 | 127.0.0.1 | has something that is not an IP address",
        "\"                         | 127.0.0.1 | has something that is not an IP address",
        "\"\"                       | 127.0.0.1 | has something that is not an IP address",
        "'10.0.0.1'                 | 127.0.0.1 | has something that is not an IP address",
        "2001:db8::1:51123          | 127.0.0.1 | has something that is not an IP address",
        "::g                        | 127.0.0.1 | has something that is not an IP address",
      })
  void aClientThatCannotBeToldIsNotPrivateAndGoesByTheLastProxy(
      String list, String address, String flaw) throws HttpException {
    Client client = client("X-Forwarded-For: " + (list == null ? "" : list));

    assertThat(client.naming()).isEqualTo(Naming.UNREADABLE);
    assertThat(client.mayBePrivate()).isFalse();
    assertThat(client.flaw()).startsWith(flaw);
    assertThat(client.address()).isEqualTo(address);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "for=1.2.3.4                                    | NAMED      | 1.2.3.4     | ",
        "for=1.2.3.4;proto=https                        | NAMED      | 1.2.3.4     | https",
        "For=1.2.3.4;by=10.0.0.1;Proto=HTTPS;host=a     | NAMED      | 1.2.3.4     | https",
        "proto=http;for=1.2.3.4                         | NAMED      | 1.2.3.4     | http",
        "for=1.2.3.4;proto=ws                           | NAMED      | 1.2.3.4     | http",
        "for=\"1.2.3.4:80\"                             | NAMED      | 1.2.3.4     | ",
        "for=1.2.3.4:80                                 | NAMED      | 1.2.3.4     | ",
        "for=\"1.2.3.4:_p\"                             | NAMED      | 1.2.3.4     | ",
        "for=\"[2001:db8::1]:1\";proto=https            | NAMED      | 2001:db8::1 | https",
        "for=\"[2001:db8::1]\"                          | NAMED      | 2001:db8::1 | ",
        "for=[2001:db8::1]                              | NAMED      | 2001:db8::1 | ",
        "for=\"\\1.2.3.4\"                              | NAMED      | 1.2.3.4     | ",
        "for=6.6.6.6, for=1.2.3.4                       | RELAYED    | 1.2.3.4     | ",
        "for=1.2.3.4;proto=https, for=10.0.0.1;proto=http | NAMED    | 1.2.3.4     | https",
        "for=1.2.3.4 ; proto=https , , for=10.0.0.1     | NAMED      | 1.2.3.4     | https",
        "for=10.0.0.7                                   | NAMED      | 10.0.0.7    | ",
        "for=\"_gazonk\"                                | UNREADABLE | 127.0.0.1   | ",
        "for=unknown;proto=https                        | UNREADABLE | 127.0.0.1   | https",
        "for=1.2.3.4, proto=https                       | UNREADABLE | 127.0.0.1   | https",
        "by=10.0.0.1                                    | UNREADABLE | 127.0.0.1   | ",
        "                                               | UNREADABLE | 127.0.0.1   | ",
        ", ,                                            | UNREADABLE | 127.0.0.1   | ",
        ";                                              | UNREADABLE | 127.0.0.1   | ",
        "10.0.0.7                                       | UNREADABLE | 127.0.0.1   | ",
        "for                                            | UNREADABLE | 127.0.0.1   | ",
        "for=                                           | UNREADABLE | 127.0.0.1   | ",
        "for = 10.0.0.7                                 | UNREADABLE | 127.0.0.1   | ",
        "for=10.0.0.7;for=10.0.0.8                      | UNREADABLE | 127.0.0.1   | ",
        "for=\"10.0.0.7                                 | UNREADABLE | 127.0.0.1   | ",
        "for=\"10.0.0.7\"x                              | UNREADABLE | 127.0.0.1   | ",
        "for=10.0.0.7;x=\", for=1.2.3.4                 | UNREADABLE | 127.0.0.1   | ",
        "for=10.0.0.7;x=\", for=\"[2001:db8::1]\"       | UNREADABLE | 127.0.0.1   | ",
        "for=10.0.0.7;x=\"\\\", for=\"[2001:db8::1]\"   | UNREADABLE | 127.0.0.1   | ",
        "for=10.0.0.7 for=10.0.0.8                      | UNREADABLE | 127.0.0.1   | ",
        "for=\"10.0.0.7, 10.0.0.8\"                     | UNREADABLE | 127.0.0.1   | ",
      })
  void forwardedCountsIfXForwardedForIsMissing(
      String value, Naming naming, String address, String scheme) throws HttpException {
    Client client = client("Forwarded: " + (value == null ? "" : value));

    assertThat(client.naming()).isEqualTo(naming);
    assertThat(client.address()).isEqualTo(address);
    assertThat(client.scheme()).isEqualTo(scheme);
  }

  @Test
  void xForwardedForCountsBeforeForwarded() throws HttpException {
    Client client = client("Forwarded: for=6.6.6.6;proto=https", "X-Forwarded-For: 1.2.3.4");

    assertThat(client.address()).isEqualTo("1.2.3.4");
    assertThat(client.scheme()).isNull();
    assertThat(client("Forwarded: for=10.0.0.7", "X-Forwarded-For:").mayBePrivate()).isFalse();
  }

  @Test
  void severalLinesOfForwardedAreOneList() throws HttpException {
    assertThat(client("Forwarded: for=\"", "Forwarded: for=1.2.3.4").address())
        .isEqualTo("1.2.3.4");
    assertThat(client("Forwarded: for=\"", "Forwarded: for=10.0.0.1").mayBePrivate()).isFalse();
    assertThat(client("Forwarded: for=1.2.3.4", "Forwarded: for=10.0.0.1").address())
        .isEqualTo("1.2.3.4");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https           | https",
        "HTTPS           | https",
        "'https, http'   | http",
        "'http,https'    | https",
        "'https, ,'      | https",
        "gopher          | http",
      })
  void theLastSchemeCounts(String value, String scheme) throws HttpException {
    assertThat(client("X-Forwarded-Proto: " + value).scheme()).isEqualTo(scheme);
    assertThat(client("X-Forwarded-Proto: " + value, "X-Forwarded-For: 1.2.3.4").scheme())
        .isEqualTo(scheme);
    assertThat(client("X-Forwarded-Proto: x", "X-Forwarded-Proto: " + value).scheme())
        .isEqualTo(scheme);
    assertThat(client("X-Forwarded-Proto: " + value, "Forwarded: for=1.2.3.4").scheme())
        .isEqualTo(scheme);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ",", " , ,"})
  void anEmptySchemeIsNotSaid(String value) throws HttpException {
    String line = "X-Forwarded-Proto:" + value;

    assertThat(client(line, "X-Forwarded-For: 1.2.3.4").scheme()).isNull();
    assertThat(client(line, "Forwarded: for=1.2.3.4").scheme()).isNull();
    assertThat(client(line, "X-Real-IP: 1.2.3.4").scheme()).isEqualTo("http");
    assertThat(client(line).scheme()).isEqualTo("http");
    assertThat(client("X-Forwarded-Proto: https", line, "X-Forwarded-For: 1.2.3.4").scheme())
        .isEqualTo("https");
  }

  @Test
  void aTrustedProxyThatSendsNoFieldIsTheClientItself() throws HttpException {
    Client client = client();

    assertThat(client.naming()).isEqualTo(Naming.MISSING);
    assertThat(client.mayBePrivate()).isTrue();
    assertThat(told(head(), client))
        .isEqualTo("X-Forwarded-For: 127.0.0.1|X-Forwarded-Proto: http|");
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Real-IP: 10.0.0.7", "Via: 1.1 squid", "via:", "X-REAL-IP: 1.2.3.4"})
  void aTrustedProxyThatNamesItsClientOnlyWhereNobodyReadsItNamesNobody(String line)
      throws HttpException {
    Client client = client(line);

    assertThat(client.naming()).isEqualTo(Naming.UNREADABLE);
    assertThat(client.flaw()).isEqualTo("is missing, though X-Real-IP or Via is there");
    assertThat(client.scheme()).isEqualTo("http");
    assertThat(client.address()).isEqualTo("127.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-For: 203.0.113.9",
        "X-Forwarded-For:",
        "x-forwarded-for: 192.168.0.9",
        "Forwarded: for=203.0.113.9",
        "X-Real-IP: 203.0.113.9",
        "Via: 1.1 proxy"
      })
  void theClientsOfAProxyThatNobodyTrustsAreNotPrivate(String line) throws HttpException {
    Client untrusted = peer("192.168.0.5");
    Client client = forwarded.client(head(line, "X-Forwarded-Proto: https"), untrusted, null);

    assertThat(client.naming()).isEqualTo(Naming.UNTRUSTED);
    assertThat(client.mayBePrivate()).isFalse();
    assertThat(told(head(line), client))
        .isEqualTo("X-Forwarded-For: 192.168.0.5|X-Forwarded-Proto: http|");
  }

  @Test
  void aPeerThatForwardsNothingIsTheClient() throws HttpException {
    Client untrusted = peer("192.168.0.5");

    assertThat(forwarded.client(head("X-Forwarded-Host: a"), untrusted, null)).isSameAs(untrusted);
    assertThat(untrusted.naming()).isEqualTo(Naming.ITSELF);
    assertThat(untrusted.mayBePrivate()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A: b",
        "X-Forwarded-For: 1.2.3.4",
        "X-Forwarded-For: unknown",
        "Forwarded: for=1.2.3.4;proto=https",
        "Via: 1.1 squid"
      })
  void aClientIsMadeOnceForAConnection(String line) throws HttpException {
    for (Client from : new Client[] {peer, peer("192.168.0.5")}) {
      Client first = forwarded.client(head(line), from, null);
      assertThat(forwarded.client(head(line), from, first)).isSameAs(first);
      assertThat(forwarded.client(head("X-Forwarded-For: 5.6.7.8"), from, first).address())
          .isEqualTo(from == peer ? "5.6.7.8" : "192.168.0.5");
    }
  }

  @Test
  void aChainOfTrustedProxiesIsReadToABound() throws HttpException {
    String hundred = "10.0.0.1, ".repeat(100);

    assertThat(client("X-Forwarded-For: " + hundred).naming()).isEqualTo(Naming.NAMED);
    Client endless = client("X-Forwarded-For: 10.0.0.7, " + hundred);
    assertThat(endless.naming()).isEqualTo(Naming.UNREADABLE);
    assertThat(endless.flaw()).isEqualTo("names more than 100 trusted proxies");
    assertThat(endless.address()).isEqualTo("10.0.0.1");
    assertThat(client("Forwarded: for=10.0.0.7" + ",for=10.0.0.1".repeat(100)).naming())
        .isEqualTo(Naming.UNREADABLE);
  }

  @Test
  void whatStandsLeftOfTheClientIsNotRead() throws HttpException {
    String line = "unknown, \", ".repeat(5_000) + "1.2.3.4";

    assertThat(client("X-Forwarded-For: " + line).address()).isEqualTo("1.2.3.4");
  }

  @Test
  void aPeerHasOneAddressHoweverItsSocketWritesIt() throws UnknownHostException {
    byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 1, 2, 3, 4};
    byte[] local = {-2, -128, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    InetAddress inside = Inet6Address.getByAddress(null, mapped, 0);
    InetAddress zoned = Inet6Address.getByAddress(null, local, 3);

    assertThat(Forwarded.peer(new InetSocketAddress(inside, 5)).address()).isEqualTo("1.2.3.4");
    assertThat(Forwarded.peer(new InetSocketAddress(inside, 5)).inet())
        .isEqualTo(AddressSet.numeric("1.2.3.4"));
    assertThat(Forwarded.peer(new InetSocketAddress(zoned, 5)).address()).isEqualTo("fe80::1");
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1, true", "10.9.9.9, true", "::1, true", "8.8.8.8, false"})
  void onlySomePeersAreBelieved(String address, boolean trusted) {
    assertThat(forwarded.isTrusted(peer(address))).isEqualTo(trusted);
  }

  @Test
  void aProxyByNameIsRefusedWithTheNetworkToWriteInstead() {
    assertThatThrownBy(() -> Forwarded.trusting("127.0.0.1 traefik"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("\"traefik\" is not an address or network; ")
        .hasMessageContaining("172.18.0.0/16")
        .hasMessageEndingWith(
            "the gateway believes X-Forwarded-For of every address in these networks");
  }

  /** Memory stands for work here: to compile a pattern for a hop takes thousands of bytes. */
  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.1", "10.0.0.1:4711", "\"10.0.0.1:_hidden\"", "[::1]:80", "::1%eth0"})
  void aChainWithoutEndCostsLittle(String hop) throws HttpException {
    RequestHead head =
        RequestHead.of(
            "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 192.0.2.7"
                + ("," + hop).repeat(60_000 / (hop.length() + 1))
                + "\r\n\r\n");
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    forwarded.client(head, peer, null);

    long before = threads.getCurrentThreadAllocatedBytes();
    Client client = forwarded.client(head, peer, null);
    long used = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(client.flaw()).isEqualTo("names more than 100 trusted proxies");
    assertThat(used).isLessThan(100 * 800);
  }
}
