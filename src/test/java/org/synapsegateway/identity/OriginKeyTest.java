// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.synapsegateway.identity.Heads.head;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginKeyTest {
  private static final String SEND = "/_matrix/federation/v1/send/1";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Matrix origin=\"a.org\",key=\"ed25519:1\",sig=\"abc\" | a.org",
        "X-Matrix origin=a.org,key=\"ed25519:1\",sig=\"abc\" | a.org",
        "X-Matrix key=\"ed25519:1\",sig=\"a=b\",origin=a.org | a.org",
        "X-Matrix origin=\"a.org\",destination=\"b.org\",key=\"k\",sig=\"s\" | a.org",
        "X-Matrix    origin=a.org,key=k,sig=s | a.org",
        "X-Matrix origin=a.org , key=k\t,\tsig=s | a.org",
        "X-Matrix key=k, ORIGIN=\"a.org\" | a.org",
        "X-Matrix oRiGiN=a.org | a.org",
        "X-Matrix origin=\"a.org:8448\" | a.org:8448",
        "X-Matrix origin=\"[2001:db8::1]:8448\" | [2001:db8::1]:8448",
        "X-Matrix origin=\"\\a\\.org\" | a.org",
        "X-Matrix origin=A.Org | A.Org",
        "X-Matrix origin=a.org,origin=b.org | b.org",
        "X-Matrix garbage,origin=a.org,=,==, | a.org",
        // the last byte goes, whatever it is, as in Synapse
        "X-Matrix origin=\"a.orgx | a.org",
      })
  void readsTheOriginAsSynapseDoes(String value, String origin) {
    assertThat(OriginKey.find(head(SEND, "Authorization: " + value)).text()).isEqualTo(origin);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Matrix",
        "X-Matrix ",
        "X-Matrix\torigin=a.org",
        "X-Matrixorigin=a.org",
        "x-matrix origin=a.org",
        "Bearer origin=a.org",
        "Bearer X-Matrix origin=a.org",
        "X-Matrix origin",
        "X-Matrix origin=",
        "X-Matrix origin=\"",
        "X-Matrix origin=\"\"",
        "X-Matrix origin=\"\\\"",
        "X-Matrix origin =a.org",
        "X-Matrix origin= a.org",
        "X-Matrix origin=a_b",
        "X-Matrix origin=a/b",
        "X-Matrix xorigin=a.org",
        "X-Matrix destination=a.org",
        "X-Matrix ,,,,",
        "X-Matrix origin=\u00e9",
        "",
      })
  void findsNoOriginInGarbage(String value) {
    assertThat(OriginKey.find(head(SEND, "Authorization: " + value))).isEqualTo(Slice.EMPTY);
  }

  @Test
  void findsNoOriginWithoutAField() {
    assertThat(OriginKey.find(head(SEND + "?origin=a.org"))).isEqualTo(Slice.EMPTY);
  }

  @Test
  void refusesANameThatIsTooLong() {
    String longest = "a".repeat(261);

    assertThat(OriginKey.find(head(SEND, "Authorization: X-Matrix origin=" + longest)).text())
        .isEqualTo(longest);
    assertThat(OriginKey.find(head(SEND, "Authorization: X-Matrix origin=" + longest + "a")))
        .isEqualTo(Slice.EMPTY);
  }

  @Test
  void takesTheLastOfSeveralFields() {
    Slice origin =
        OriginKey.find(
            head(
                SEND,
                "Authorization: X-Matrix origin=a.org,key=1,sig=x",
                "Authorization: X-Matrix origin=b.org,key=2,sig=y",
                "Authorization: Bearer z"));

    assertThat(origin.text()).isEqualTo("b.org");
  }

  @Test
  void neverFailsAndNeverYieldsWhatIsNoServerName() {
    Random random = new Random(6);
    String[] pieces = {"origin", "=", "\"", "\\", ",", " ", "\t", "a", ".", ":", "X-Matrix ", "é"};
    for (int i = 0; i < 20_000; i++) {
      String value = "X-Matrix " + Heads.random(random, 14, pieces);

      Slice origin = OriginKey.find(head(SEND, "Authorization: " + value));

      assertThat(origin.text()).as(value).matches("[A-Za-z0-9.:\\[\\]-]*");
    }
  }
}
