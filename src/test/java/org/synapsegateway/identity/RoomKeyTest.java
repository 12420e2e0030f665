// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.synapsegateway.identity.Heads.head;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoomKeyTest {
  private static final String V12 = "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/_matrix/client/v3/rooms/!r:x/messages",
        "/_matrix/client/v3/rooms/%21r%3Ax/messages",
        "/_matrix/client/v3/rooms/%21r:x/messages",
        "/_matrix/client/v3/rooms/!r%3ax/messages",
        "/_matrix/client/v3/rooms/%21%72%3A%78/messages",
        "/_matrix/client/v3/rooms/!r:x",
        "/_matrix/client/v3/rooms/!r:x/send/m.room.message/!t:x",
        "/_matrix/client/v3/rooms/!r:x/state/m.space.child/!child:x",
        "/_matrix/client/v3/rooms/!r:x/messages?from=!other:x",
        "/_matrix/client/v3/join/!r:x?server_name=x",
        "/_matrix/client/v3/knock/!r:x",
        "/_matrix/client/v1/room_summary/!r:x",
        "/_matrix/client/v3/user/@a:x/rooms/!r:x/tags",
        "/_matrix/client/unstable/io.element.msc4306/rooms/!r:x/thread/$e/subscription",
        "/_matrix/federation/v1/state/!r:x?event_id=$e",
        "/_matrix/federation/v1/state_ids/!r:x",
        "/_matrix/federation/v1/backfill/!r:x",
        "/_matrix/federation/v1/get_missing_events/!r:x",
        "/_matrix/federation/v1/make_join/!r:x/@a:x",
        "/_matrix/federation/v2/send_join/!r:x/$e",
        "/_matrix/federation/v2/invite/!r:x/$e",
        "/_matrix/federation/unstable/rooms/!r:x/complexity",
        "/_synapse/admin/v1/rooms/!r:x",
        "//!r:x//",
        "http://example.org/_matrix/client/v3/rooms/!r:x/messages",
      })
  void knowsARoomByItsIdHoweverItIsEncoded(String target) {
    assertThat(RoomKey.find(head(target)).text()).isEqualTo("!r:x");
  }

  @ParameterizedTest
  @CsvSource({
    "/_matrix/client/v3/join/%23matrix:matrix.org, #matrix:matrix.org",
    "/_matrix/client/v3/knock/%23matrix%3Amatrix.org, #matrix:matrix.org",
    "/_matrix/client/v3/directory/room/%23a%2Fb:x, #a/b:x",
    "/_matrix/client/v3/join/%23caf%C3%A9:x, #café:x",
    "/_matrix/client/v3/rooms/!r%2Fs:x/messages, !r/s:x",
    "/_matrix/client/v3/rooms/" + V12 + "/messages, " + V12,
    "/_matrix/client/v3/rooms/%21" + "31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM/send/a/b, " + V12,
    "/_matrix/client/v3/rooms/!/messages, !",
    "/_matrix/client/v3/rooms/!r%/messages, !r%",
  })
  void knowsAliasesAndIdsOfEveryRoomVersion(String target, String key) {
    assertThat(RoomKey.find(head(target)).text()).isEqualTo(key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "//",
        "/_matrix/client/v3/sync",
        "/_matrix/client/v3/sync?filter=!r:x",
        "/_matrix/client/v3/sync?/!r:x/",
        "/_matrix/client/v3/createRoom",
        "/_matrix/client/v3/profile/@a:x/displayname",
        "/_matrix/client/v3/rooms/r:x/messages",
        "/_matrix/client/v3/rooms/r!r:x/messages",
        "/_matrix/client/v3/rooms//messages",
        "/_matrix/client/v3/rooms/%2521r:x/messages",
        "/_matrix/client/v3/rooms/%22r:x/messages",
        "/_matrix/client/v3/rooms/%2",
        "/_matrix/federation/v1/event/$e",
      })
  void findsNoRoomWhereThereIsNone(String target) {
    assertThat(RoomKey.find(head(target))).isEqualTo(Slice.EMPTY);
  }

  @Test
  void givesOneKeyForEveryEncodingOfAName() {
    Random random = new Random(4);
    for (int i = 0; i < 5_000; i++) {
      String name =
          "!" + Heads.random(random, 20, "a", "B", "7", ":", "/", "%", "é", "+", "?", "-");
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);

      for (int way = 0; way < 3; way++) {
        String target = "/_matrix/client/v3/rooms/" + encoded(bytes, random) + "/send/m/!t";
        assertThat(RoomKey.find(head(target))).as(target).isEqualTo(Slice.of(bytes));
      }
    }
  }

  /** Encodes what must be, and of the rest what chance picks, with digits in either case. */
  private static String encoded(byte[] bytes, Random random) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      boolean plain = b > ' ' && b < 0x7f && "/?#%".indexOf(b) < 0 && random.nextInt(3) > 0;
      String escape = random.nextBoolean() ? "%%%02X" : "%%%02x";
      text.append(plain ? String.valueOf((char) b) : escape.formatted(b & 0xff));
    }
    return text.toString();
  }

  @Test
  void neverFailsOnAnyPath() {
    Random random = new Random(5);
    for (int i = 0; i < 20_000; i++) {
      String path =
          "/" + Heads.random(random, 12, "/", "!", "%", "2", "1", "3", "%21", "%23", "?", "é");

      Slice key = RoomKey.find(head(path));

      assertThat(key.isEmpty() || key.at(0) == '!' || key.at(0) == '#').as(path).isTrue();
    }
  }
}
