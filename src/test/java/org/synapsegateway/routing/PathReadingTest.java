// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.fuzz.Fuzz;
import org.synapsegateway.fuzz.Mutation;
import org.synapsegateway.routing.PathReading.Access;

/** The guard of private paths, held against each reading by itself and against Twisted's. */
class PathReadingTest {
  private static final String[] PIECES = {
    "/",
    "/",
    "/",
    "//",
    "\\",
    "%2F",
    "%5c",
    "%252f",
    "%255C",
    "%25252F",
    "..",
    "..",
    ".",
    "%2e",
    "%2E%2e",
    "%252e",
    ".%252e",
    ";",
    "%3B",
    "%253b",
    ";a=b",
    "_synapse",
    "_synapse",
    "_SYNAPSE",
    "%5Fsynapse",
    "_synaps%65",
    "%255Fsynapse",
    "_synapse/client",
    "client",
    "clien%74",
    "Client",
    "admin",
    "replication",
    "Replicatio%6e",
    "_matrix",
    "/_matrix/",
    "x",
    "a;x",
    "%",
    "%25",
    "%2",
    "5F",
    "%%35",
    "2e",
    "%00",
    "\u00e9"
  };

  private static Access access(String path) {
    byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
    return new PathReading(bytes, 0, bytes.length).access();
  }

  /** The strictest of all readings; null if there are too many. */
  private static Access exhaustively(String path) {
    byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
    ExhaustiveReading reading = new ExhaustiveReading(bytes, 0, bytes.length);
    Access strictest = Access.ALL;
    while (reading.next()) {
      Access access = access(reading.first(), reading.second());
      strictest = access.compareTo(strictest) > 0 ? access : strictest;
    }
    return reading.isUnfinished() ? null : strictest;
  }

  private static Access access(String first, String second) {
    if (!first.equalsIgnoreCase("_synapse") || second.equals("client")) {
      return Access.ALL;
    }
    return second.equalsIgnoreCase("replication") ? Access.NOBODY : Access.PRIVATE_CLIENTS;
  }

  private static String disguised(Random random) {
    return "/" + Mutation.pieces(random, 8, PIECES);
  }

  @Test
  void itIsNeverMorePermissiveThanAnyReadingByItself() {
    int[] finished = new int[1];
    int[] refused = new int[1];
    Fuzz.check(
        110_000,
        in -> {
          String path = in.text(PathReadingTest::disguised);
          Access expected = exhaustively(path);
          if (expected != null) {
            finished[0]++;
            refused[0] += expected == Access.ALL ? 0 : 1;
            assertThat(access(path)).as(path).isGreaterThanOrEqualTo(expected);
          }
        });
    assertThat(finished[0]).isGreaterThan(100_000);
    assertThat(refused[0]).isGreaterThan(5_000);
  }

  /**
   * What Synapse's tree of resources makes of a path: twisted.web.http.Request.process() parts it
   * at its slashes and decodes each part once with urllib's unquote_to_bytes, and
   * synapse/util/httpresourcetree.py hangs resources under _synapse by their names. Under a
   * resource that is a leaf, Synapse's JsonResource matches its patterns with the path as it came.
   */
  private static Access twisted(String path) {
    String[] parts = path.substring(1).split("/", -1);
    String first = unquoted(parts[0]);
    String second = parts.length < 2 ? "" : unquoted(parts[1]);
    return first.equals("_synapse") ? access(first, second) : Access.ALL;
  }

  /** An escape that is none stays as it is, and nothing is decoded twice. */
  private static String unquoted(String part) {
    StringBuilder out = new StringBuilder();
    String[] pieces = part.split("%", -1);
    out.append(pieces[0]);
    for (int i = 1; i < pieces.length; i++) {
      boolean escape = pieces[i].matches("(?s)[0-9a-fA-F]{2}.*");
      out.append(
          escape
              ? (char) Integer.parseInt(pieces[i].substring(0, 2), 16) + pieces[i].substring(2)
              : "%" + pieces[i]);
    }
    return out.toString();
  }

  @Test
  void itIsNeverMorePermissiveThanTwisted() {
    int[] refused = new int[1];
    Fuzz.check(
        100_000,
        in -> {
          String path = in.text(PathReadingTest::disguised);
          Access expected = twisted(path);
          refused[0] += expected == Access.ALL ? 0 : 1;
          assertThat(access(path)).as(path).isGreaterThanOrEqualTo(expected);
        });
    assertThat(refused[0]).isGreaterThan(1_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "%",
        "%25",
        "%2525",
        "/..",
        "/../b;c/%2ea%25252f//./\\%2f/b;c///%255c;..",
        "/_synapse/client/x/..",
        "\\",
        ";%2F",
        "%2",
        "%%35F",
        "/%5Fsynapse",
        "a"
      })
  void theWorkIsInProportionToTheLength(String piece) {
    for (int length : new int[] {64, 1_024, 16_384, 262_144}) {
      byte[] path =
          ("/" + piece.repeat(length)).substring(0, length).getBytes(StandardCharsets.US_ASCII);
      assertThat(new PathReading(path, 0, length).steps()).isLessThanOrEqualTo(3 * length);
    }
  }

  @Test
  void manyTimesEncodedIsAsCheap() {
    String path = "/%" + "25".repeat(8_000) + "5Fsynapse/admin";
    byte[] bytes = path.getBytes(StandardCharsets.US_ASCII);
    PathReading reading = new PathReading(bytes, 0, bytes.length);

    assertThat(reading.access()).isEqualTo(Access.PRIVATE_CLIENTS);
    assertThat(reading.steps()).isLessThanOrEqualTo(3 * path.length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/_matrix/client/v3/directory/room/%23%E6%97%A5%E6%9C%AC%E8%AA%9E%3Aexample.org",
        "/_matrix/client/v3/directory/room/%23%D8%BA%D8%B1%D9%81%D8%A9%3A%D9%85%D8%AB%D8%A7%D9%84",
        "/_matrix/client/v3/directory/room/%23a%2F..%2F..%2Fb%3Aexample.org",
        "/_matrix/client/v3/directory/room/%23..%2F_synapse%2Fadmin%3Aexample.org",
        "/_matrix/client/v3/join/%23%F0%9F%8E%89%F0%9F%8E%8A%F0%9F%A5%B3%3Aexample.org",
        "/_matrix/client/v3/rooms/!a%2Fb%2Fc%2Fd%3Aexample.org/state/m.room.name/",
        "/_matrix/client/v3/rooms/!r%3Ah/relations/%24a%2Bb%2Fc%3D/m.annotation/%F0%9F%91%8D",
        "/_matrix/client/v3/rooms/!r%3Ah/state/m.space.child/%2521%252F%2525%253Ah",
        "/_matrix/client/v3/rooms/!r%3Ah/state/im.vector/..%2F..%2F..",
        "/_matrix/client/v3/rooms/!r%3Ah/redact/%24e/100%25%3B%5C..%3F%23",
        "/_matrix/client/v3/user/%40a%3Ah/account_data/org.example%3B%3B%3B%3B%3B%3B%3B%3B%3B%3B",
        "/_matrix/client/v3/profile/%40%25%25%25%25%25%25%25%25%25%25%25%25%25%25%25%25%25%3Ah",
        "/_matrix/media/v3/download/h/id/100%25%20..%20%2850%25%29%3B%20final%20..%20v2.pdf",
        "/_matrix/media/v3/download/h/id/..%5C..%5CScan%20%2F%20..%20%2F%20%5C%5C%5C%5Cserver",
        "/_matrix/media/v3/download/h/id/%D0%9E%D1%82%D1%87%D1%91%D1%82%20%E2%84%961..docx",
        "/_matrix/client/v1/media/download/h/id/a%252520b%252520c%3B%3B%2F%2F%2E%2E%2E%2E",
        "/_matrix/client/v1/media/download/h/id/_synapse",
        "/_matrix/federation/v1/state_ids/!%E3%83%A1%3Ah",
        "/_matrix/federation/v1/query/directory",
        "/_matrix/key/v2/server/ed25519%3Aa_b",
        "/_matrix/client/v3/room_keys/keys/!r%3Ah/ab%2Fcd%2Bef%3D%3D",
        "/_synapse/client/pick_username/account_details",
        "/_synapse/client/oidc/callback",
        "/_synapse/client/new_user_consent/..x/100%25",
        "/.well-known/matrix/client",
        "/health",
        "//",
        "/",
        "",
        "*",
      })
  void honestPathsAreForAll(String path) {
    assertThat(access(path)).isEqualTo(Access.ALL);
  }

  @Test
  void aNameInAnyScriptIsForAll() {
    String[] paths = {
      "/_matrix/client/v3/directory/room/%s",
      "/_matrix/client/v3/rooms/%s/state/m.x/%s",
      "/_matrix/media/v3/download/example.org/%s/%s",
      "/_matrix/client/v3/rooms/%s/send/m.room.message/%s",
      "/_synapse/client/reset/x/%s"
    };
    Fuzz.check(
        20_000,
        in -> {
          String name = encoded(in.text(PathReadingTest::name));
          String path = in.of(paths).replace("%s", name);
          assertThat(access(path)).as(path).isEqualTo(Access.ALL);
        });
  }

  private static String name(Random random) {
    StringBuilder name = new StringBuilder();
    for (int i = random.nextInt(40); i >= 0; i--) {
      int block = random.nextInt(6);
      name.appendCodePoint(
          block < 3
              ? ' ' + random.nextInt(95)
              : block == 3 ? "/\\%;.?#".charAt(random.nextInt(7)) : 0xa0 + random.nextInt(0x1f900));
    }
    // two dots that are a name of their own lead out of a directory, wherever they come from
    return "n" + name.toString().replaceAll("\\.{2,}", ".");
  }

  /** As encodeURIComponent of a browser does; half of a pair of surrogates is a question mark. */
  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @ParameterizedTest
  @CsvSource({
    "/%5Fsynapse%23/admin, PRIVATE_CLIENTS",
    "/_synapse%3Fx/client, PRIVATE_CLIENTS",
    "/_synapse/client%23/x, PRIVATE_CLIENTS",
    "/_synapse/client/..%23x, PRIVATE_CLIENTS",
    "/_synapse/client/x;/../.., PRIVATE_CLIENTS",
    "/_synapse/client/x/../y, ALL",
    "/_synapse/client/x%2Fy/../.., PRIVATE_CLIENTS",
    "/_synapse/client/a/b;%2Fc/../../.., PRIVATE_CLIENTS",
    "/_matrix/a;%2Fb%2Fc/../.., ALL",
    "/_matrix/a;%2Fb%2Fc/../../_synapse/x, PRIVATE_CLIENTS",
    "/a%2Fb/../_synapse/x, PRIVATE_CLIENTS",
    "/a/b/../_synapse/x, ALL",
    "/a%2F_synapse/x, ALL",
    "//_synapse/client/x, ALL",
    "/x/../_synapse/client/x, ALL",
    "/_synapse/admin/v1/rooms/replication, PRIVATE_CLIENTS",
    "/_synapse%2Freplication, NOBODY",
    "/_synapse/client/..%2Freplication, NOBODY",
  })
  void whatMayHappenCounts(String path, String expected) {
    assertThat(access(path)).isEqualTo(Access.valueOf(expected.toUpperCase(Locale.ROOT)));
  }

  @Test
  void whatIsUnderADirectoryForSureIsForAll() {
    byte[] matrix = "/_matrix/".getBytes(StandardCharsets.US_ASCII);
    List<String> sure = new ArrayList<>();
    Fuzz.check(
        20_000,
        in -> {
          String path = "/_matrix" + in.text(PathReadingTest::disguised);
          byte[] bytes = path.getBytes(StandardCharsets.ISO_8859_1);
          if (PathReading.isAlwaysUnder(matrix, bytes, 0, bytes.length)) {
            sure.add(path);
            assertThat(access(path)).as(path).isEqualTo(Access.ALL);
          }
        });
    assertThat(sure).hasSizeGreaterThan(1_000);
  }
}
