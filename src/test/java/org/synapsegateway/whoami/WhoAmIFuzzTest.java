// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.synapsegateway.fuzz.Fuzz;
import org.synapsegateway.fuzz.Mutation;
import org.synapsegateway.identity.Slice;

/** Replies to whoami that mean harm. */
class WhoAmIFuzzTest {
  private static final Mutation REPLIES =
      new Mutation(
          List.of(
              "{\"user_id\":\"@a:b\",\"device_id\":\"x\",\"is_guest\":false}",
              "{\"a\":[1,-2.5e7,{\"b\":null}],\"user_id\":\"@\\u00e9\\ud83d\\ude00:b\"}",
              "{\"errcode\":\"M_UNKNOWN_TOKEN\"}"),
          List.of(
              "{",
              "}",
              "[",
              "]",
              "\"",
              ":",
              ",",
              "\\",
              "\\ud800",
              "\\u0000",
              "\0",
              "\377\376",
              "\357\273\277",
              "1e999999999",
              "9".repeat(2000),
              "[".repeat(3000),
              "user_id"));

  @Test
  void aReplyToWhoamiIsAUserOrNobody() {
    Fuzz.check(
        20_000,
        in -> {
          String reply = in.text(REPLIES::make);
          Slice key = WhoAmIReply.of(reply.getBytes(StandardCharsets.ISO_8859_1)).user();

          assertThat(key.text()).matches("[A-Za-z0-9+/]*");
          assertThat(key.length()).isLessThanOrEqualTo(4 * reply.length() + 4);
        });
  }
}
