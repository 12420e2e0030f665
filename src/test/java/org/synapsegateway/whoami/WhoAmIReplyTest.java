// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.whoami;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.identity.Heads;
import org.synapsegateway.identity.Slice;

class WhoAmIReplyTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"user_id\":\"@alice:x\",\"is_guest\":false,\"device_id\":\"ABC\"} | YWxpY2U",
        "{ \"device_id\" : \"user_id\" , \"user_id\" : \"@alice:x\" } | YWxpY2U",
        "{\"a\":{\"user_id\":\"@bob:x\"},\"b\":[{\"user_id\":1}],\"user_id\":\"@alice:x\"} | YWxpY2U",
        "{\"user_id\":\"@\\u0061lice\\u003ax\"} | YWxpY2U",
        "{\"user_id\":\"@\\u007aoë:x\"} | em/Dqw",
        "{\"user_id\":\"@alice:x\",\"user_id\":\"@bob:x\"} | YWxpY2U",
      })
  void namesTheUser(String body, String key) {
    assertThat(userKey(body).text()).isEqualTo(key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "null",
        "\"@alice:x\"",
        "[{\"user_id\":\"@alice:x\"}]",
        "{\"user\":{\"user_id\":\"@alice:x\"}}",
        "{\"user_id\":null}",
        "{\"user_id\":5}",
        "{\"user_id\":[\"@alice:x\"]}",
        "{\"user_id\":\"alice\"}",
        "{\"user_id\":\"@:x\"}",
        "{\"user_id\":\"@alice:x",
        "{\"user_id\"",
        "{\"user_id\":\"@alice:x\"",
        "{\"user_id\":\"@alice:x\",\"access_token\":\"a",
        "{\"access_token\":{\"user_id\":\"@bob:x\"}}",
        "{\"USER_ID\":\"@alice:x\"}",
        "<html>user_id</html>",
        "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"error\":\"\",\"soft_logout\":false}",
      })
  void namesNobodyInAnythingElse(String body) {
    assertThat(userKey(body)).isEqualTo(Slice.EMPTY);
  }

  @Test
  void neverFails() {
    Random random = new Random(7);
    String[] pieces = {"{", "}", "[", "]", "\"", "user_id", "@a:x", ":", ",", "\\", "1", " ", "é"};
    for (int i = 0; i < 20_000; i++) {
      Slice key = userKey("{" + Heads.random(random, 14, pieces));
      assertThat(key.isEmpty() || key.length() > 1).isTrue();
    }
  }

  private static Slice userKey(String body) {
    return WhoAmIReply.of(body.getBytes(StandardCharsets.UTF_8)).user();
  }
}
