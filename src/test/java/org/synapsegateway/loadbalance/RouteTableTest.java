// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.loadbalance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.synapsegateway.http.Client;
import org.synapsegateway.http.HttpException;
import org.synapsegateway.http.RequestHead;
import org.synapsegateway.identity.Slice;
import org.synapsegateway.identity.UserKey;
import org.synapsegateway.request.Request;

/**
 * The shipped routes send every request of Synapse's APIs to the group and by the key they should.
 */
class RouteTableTest {
  private static final ShippedRoutes ROUTES = routes();
  private static final Client CLIENT = new Client("192.168.0.7", null, "https");

  /** One line of table.tsv. */
  record Row(String method, String target, String group, String kind, String key) {
    static Row of(String line) {
      String[] fields = line.split("\t");
      assertThat(fields).as(line).hasSize(5);
      return new Row(fields[0], fields[1], fields[2], fields[3], fields[4]);
    }

    /** The head of the request, with more fields. */
    String text(String fields) {
      return method
          + " "
          + target
          + " HTTP/1.1\r\nHost: example.org\r\n"
          + authorization()
          + fields
          + "\r\n";
    }

    RequestHead head() {
      try {
        return RequestHead.of(text(""));
      } catch (HttpException e) {
        throw new AssertionError(target, e);
      }
    }

    private String authorization() {
      if (kind.equals("none") || kind.equals("client-address")) {
        return "";
      }
      boolean server = target.startsWith("/_matrix/federation/");
      return server
          ? "Authorization: X-Matrix origin=\"remote.example\",key=\"ed25519:1\",sig=\"c2ln\"\r\n"
          : "Authorization: Bearer syt_YWxpY2U_abcdefghijklmnopqrst_0ABCde\r\n";
    }

    String path() {
      return target.replaceFirst("\\?.*", "");
    }
  }

  static List<Row> rows() {
    return lines("/routing/table.tsv").filter(line -> !line.startsWith("#")).map(Row::of).toList();
  }

  @Test
  void theTableIsWhole() {
    assertThat(rows()).hasSizeGreaterThan(400).doesNotHaveDuplicates();
    for (String id : ROUTES.ids()) {
      if (ROUTES.balancer(id) != null) {
        assertThat(rows()).as("rows for " + id).anyMatch(row -> row.group().equals(id));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void goesToItsGroupByItsKey(Row row) {
    RequestHead head = row.head();

    assertThat(ROUTES.group(head)).isEqualTo(row.group());
    assertThat(ROUTES.claimants(head)).as("groups that claim it").hasSizeLessThanOrEqualTo(1);
    if (!row.kind().equals("-")) {
      Request request = new Request(head, CLIENT, null, null, null);
      Slice found = ROUTES.key(row.group()).find(null, request);
      Slice key = found == null ? Slice.of(head.bytes(), UserKey.find(head)) : found;
      assertThat(key.text()).isEqualTo(row.kind().equals("none") ? "" : row.key());
    }
  }

  @Test
  void everyRouteSaysWhatItIsAndWhoStandsIn() {
    Set<String> balancers = new TreeSet<>();
    for (String id : ROUTES.ids()) {
      assertThat(ROUTES.description(id)).as(id).isNotBlank();
      if (ROUTES.balancer(id) != null) {
        assertThat(balancers.add(ROUTES.balancer(id))).as("a bean of its own for " + id).isTrue();
        assertThat(ROUTES.exists(ROUTES.fallback(id))).as("the fallback of " + id).isTrue();
      }
    }
  }

  // ---- what Synapse's documentation prints

  private static final Map<String, String> GROUPS =
      Map.ofEntries(
          Map.entry("sync", "initial-sync"),
          Map.entry("federation reads", "federation-reader"),
          Map.entry("federation transactions", "federation-inbound"),
          Map.entry("client reads", "client-reader"),
          Map.entry("admin", "client-reader"),
          Map.entry("encryption", "encryption"),
          Map.entry("registration and login", "login"),
          Map.entry("event sending", "event-creator"),
          Map.entry("user directory", "user-dir"),
          Map.entry("user directory updater", "user-dir"),
          Map.entry("user directory worker", "user-dir"),
          Map.entry("delayed events", "delayed-events"),
          Map.entry("GET only: push rules", "push-rules-reads"),
          Map.entry("GET only: account data", "account-data-reads"),
          Map.entry("GET only: presence", "presence"),
          Map.entry("GET only: admin", "client-reader"),
          Map.entry("pagination", "pagination"),
          Map.entry("single sign-on", "sso"),
          Map.entry("stream writer: typing", "typing"),
          Map.entry("stream writer: to_device", "to-device"),
          Map.entry("stream writer: account_data", "account-data"),
          Map.entry("stream writer: receipts", "receipts"),
          Map.entry("stream writer: presence", "presence"),
          Map.entry("stream writer: push_rules", "push-rules"),
          Map.entry("stream writer: device_lists", "device-lists"),
          Map.entry("stream writer: quarantined_media_changes", "quarantined-media"),
          Map.entry("media repository", "media"));

  /**
   * Lines that lead to another group: because it is the one that writes, or reads what that one
   * writes, and because Matrix Authentication Service may be there.
   */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "client reads ^/_matrix/client/(r0|v3)/delete_devices$", "device-lists",
          "client reads ^/_matrix/client/(api/v1|r0|v3|unstable)/devices(/|$)",
              "device-lists-reads",
          "registration and login ^/_matrix/client/(api/v1|r0|v3|unstable)/login$", "mas",
          "single sign-on ^/_matrix/client/(api/v1|r0|v3|unstable)/login/sso/redirect", "mas",
          "encryption ^/_matrix/client/(r0|v3|unstable)/keys/query$", "key-queries",
          "encryption ^/_matrix/client/(r0|v3|unstable)/keys/upload", "device-lists",
          "encryption ^/_matrix/client/(api/v1|r0|v3|unstable)/keys/device_signing/upload$",
              "device-lists",
          "encryption ^/_matrix/client/(api/v1|r0|v3|unstable)/keys/signatures/upload$",
              "device-lists",
          "media repository ^/_synapse/admin/v1/user/.*/media.*$", "quarantined-media",
          "media repository ^/_synapse/admin/v1/quarantine_media/.*$", "quarantined-media");

  static List<String> documentedLines() {
    List<String> documented = new ArrayList<>();
    String heading = null;
    for (String line : lines("/routing/workers-1.157.txt").toList()) {
      if (line.startsWith("[")) {
        heading = line.substring(1, line.length() - 1);
      } else if (!line.isBlank() && !line.startsWith("#")) {
        documented.add(heading + " " + line);
      }
    }
    return documented;
  }

  @Test
  void theDocumentedLinesAreAllThere() {
    assertThat(documentedLines()).hasSize(114);
    assertThat(documentedLines().stream().map(RouteTableTest::expression).distinct()).hasSize(102);
  }

  @ParameterizedTest
  @MethodSource("documentedLines")
  void aDocumentedLineLeadsToTheGroupItIsPrintedFor(String documented) {
    Pattern path = Pattern.compile(expression(documented));
    String heading = documented.substring(0, documented.length() - expression(documented).length());
    String group = ELSEWHERE.getOrDefault(documented, GROUPS.get(heading.strip()));

    assertThat(rows().stream().filter(row -> path.matcher(row.path()).lookingAt()))
        .as("requests of the table that the line means")
        .anyMatch(row -> row.group().equals(group));
  }

  private static String expression(String documented) {
    return documented.replaceFirst("^[^/^]*", "");
  }

  // ---- resources

  private static Stream<String> lines(String resource) {
    try (InputStream in = RouteTableTest.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines();
    } catch (IOException e) {
      throw new AssertionError(resource, e);
    }
  }

  private static ShippedRoutes routes() {
    try {
      return new ShippedRoutes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
