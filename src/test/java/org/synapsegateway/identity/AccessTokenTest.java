// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.synapsegateway.identity.Heads.head;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.synapsegateway.identity.AccessToken.Kind;

class AccessTokenTest {
  @ParameterizedTest
  @CsvSource({
    "syt_YWxpY2U_abcdefghijklmnopqrst_0ABCde, SYT",
    "syt_YWxpY2U_, SYT",
    "syt_YS8rYg_x_y, SYT",
    "syt_YWxpY2U, OPAQUE",
    "syt__x, OPAQUE",
    "SYT_YWxpY2U_x, OPAQUE",
    "xsyt_YWxpY2U_x, OPAQUE",
    "syr_x_y, OPAQUE",
    "mat_abc_def, MAS",
    "mct_abc_def, MAS",
    "mpt_abc_def, MAS",
    "mar_abc_def, OPAQUE",
    "MDAxOWxvY2F0aW9uIGV4YW1wbGUub3JnCg, GUEST",
    "as_token-chosen.by/admin=, OPAQUE",
    "x, OPAQUE",
  })
  void tellsWhoMadeATokenAndFindsItInFieldAndQuery(String token, Kind kind) {
    AccessToken inField = AccessToken.of(head("/sync", "Authorization: Bearer " + token));
    AccessToken inQuery = AccessToken.of(head("/sync?a=b&access_token=" + token));

    assertThat(inField.kind()).isEqualTo(kind);
    assertThat(inField.text()).isEqualTo(Slice.of(token));
    assertThat(inQuery.kind()).isEqualTo(kind);
    assertThat(inQuery.text()).isEqualTo(Slice.of(token));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization: bearer mat_x",
        "Authorization: BEARER mat_x",
        "Authorization: Bearer  mat_x",
        "Authorization: Bearer\tmat_x",
        "Authorization: Bearer mat_x y",
        "Authorization: Bearer mat_x\ty",
        "Authorization: Bearer",
        "Authorization: Bearer ",
        "Authorization: Bearermat_x",
        "Authorization: mat_x",
        "Authorization:",
        "Authorization: Basic bWF0X3g=",
        "Authorization: X-Matrix origin=a,key=b,sig=c",
        "Authorization: Bearer mat_x\r\nAuthorization: Bearer mat_x",
        "Authorization: Bearer mat_\u00e9",
      })
  void findsNoneInAFieldThatSynapseRefuses(String field) {
    AccessToken token = AccessToken.of(head("/sync?access_token=mat_y", field));

    assertThat(token.kind()).isEqualTo(Kind.NONE);
    assertThat(token.text()).isEqualTo(Slice.EMPTY);
  }

  @Test
  void takesTheNameOfTheFieldInAnyCase() {
    assertThat(AccessToken.of(head("/sync", "aUTHORIZATION: Bearer mat_x")).text())
        .isEqualTo(Slice.of("mat_x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/sync",
        "/sync?",
        "/sync?access_token",
        "/sync?access_token=",
        "/sync?access_token=&access_token=mat_x",
        "/sync?Access_Token=mat_x",
        "/sync?xaccess_token=mat_x",
        "/sync?access_token=mat+x",
        "/sync?access_token=mat%20x",
        "/sync?access_token=mat%0d%0aHost:x",
        "/sync?access_token=mat%00",
        "/sync?access_token=mat%7f",
        "/sync?access_token=mat%e9",
        "/access_token=mat_x",
      })
  void findsNoneInAQueryWithoutAToken(String target) {
    assertThat(AccessToken.of(head(target)).kind()).isEqualTo(Kind.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/sync?access%5Ftoken=syt_YS8r_x",
        "/sync?%61ccess_token=syt_YS8r_x&access_token=mat_y",
        "/sync?access_token=syt%5FYS8r%5Fx",
        "/sync?access_token=%73yt_YS8%72_x",
        "/sync?a;access_token=syt_YS8r_x;b",
      })
  void decodesTheArgument(String target) {
    assertThat(AccessToken.of(head(target)).text()).isEqualTo(Slice.of("syt_YS8r_x"));
  }

  @Test
  void doesNotShowTheToken() {
    AccessToken token = AccessToken.of(head("/sync", "Authorization: Bearer mat_secret"));

    assertThat(token).hasToString("MAS token");
    assertThat(token.text().toString()).doesNotContain("secret");
  }

  @Test
  void neverYieldsWhatCouldNotStandInAField() {
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      String value = Heads.random(random, 6, "%", "0", "d", "a", "%0D%0A", "%20", "_", "syt_", "é");

      Slice text = AccessToken.of(head("/sync?access_token=" + value)).text();

      assertThat(text.text()).as(value).matches("[!-~]*");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "syt_YWxpY2U_x_y, YWxpY2U",
    "syt_YS8r_x, YS8r",
    "syt_a__, a",
    "syt_YWxpY2U, ''",
    "syt__x, ''",
    "syt_, ''",
    "syt, ''",
    "mat_a_b, ''",
    "'', ''",
  })
  void cutsTheLocalpartOutOfASytToken(String token, String localpart) {
    assertThat(SytToken.localpart(Slice.of(token))).isEqualTo(Slice.of(localpart));
  }
}
