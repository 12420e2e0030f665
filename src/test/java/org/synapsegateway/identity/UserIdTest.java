// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.synapsegateway.identity.Heads.head;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserIdTest {
  @ParameterizedTest
  @CsvSource({
    "@alice:example.org, YWxpY2U",
    "@alice:example.org:8448, YWxpY2U",
    "@bob:[::1], Ym9i",
    "@a:x, YQ",
    "@_telegram_12:x, X3RlbGVncmFtXzEy",
    "@a/+=.-_b:x, YS8rPS4tX2I",
    "@zoë:x, em/Dqw",
    "@???:x, Pz8/",
    "alice:example.org, ''",
    "@:example.org, ''",
    "@alice, ''",
    "!room:example.org, ''",
    "@, ''",
    "'', ''",
  })
  void encodesTheLocalpartAsSynapseDoesInItsTokens(String userId, String key) {
    assertThat(UserId.key(Slice.of(userId)).text()).isEqualTo(key);
  }

  @Test
  void givesTheKeyThatASytTokenOfTheSameUserGives() {
    for (String localpart : new String[] {"a", "ab", "abc", "user-1234", "ÿþ", "~~~", "x/y+z"}) {
      String inToken =
          Base64.getEncoder()
              .encodeToString(localpart.getBytes(StandardCharsets.UTF_8))
              .replace("=", "");

      Slice fromToken = SytToken.localpart(Slice.of("syt_" + inToken + "_abc_def"));

      assertThat(UserId.key(Slice.of("@" + localpart + ":example.org"))).isEqualTo(fromToken);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/sync?user_id=@alice:example.org, YWxpY2U",
    "/sync?user_id=%40alice%3Aexample.org, YWxpY2U",
    "/sync?user%5Fid=@alice:x, YWxpY2U",
    "/sync?a=b&user_id=@alice:x&user_id=@bob:x, YWxpY2U",
    "/sync?user_id=@a+b:x, YSBi",
    "/sync?user_id=alice, ''",
    "/sync?user_id=, ''",
    "/sync?User_Id=@alice:x, ''",
    "/user_id=@alice:x, ''",
    "/sync, ''",
  })
  void findsTheUserThatAnApplicationServiceActsFor(String target, String key) {
    assertThat(MasqueradedUser.key(head(target)).text()).isEqualTo(key);
  }
}
