// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {
  private static String hide(String text) {
    return Secrets.hide(text, List.of());
  }

  @ParameterizedTest
  @CsvSource({
    "worker:unix:/a.sock?password=hunter2&weight=1, worker:unix:/a.sock?password=(hidden)&weight=1",
    "my.db-password = hunter2, my.db-password = (hidden)",
    "{accessToken=abc}, {accessToken=(hidden)}",
    "http://admin:hunter2@host/x, http://(hidden)@host/x",
    "Authorization: Bearer abc.def, Authorization: Bearer (hidden)",
    "token syt_YWxpY2U_abc_123 is bad, token (hidden) is bad",
  })
  void whatLooksLikeASecretIsHidden(String text, String shown) {
    assertThat(hide(text)).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "gateway.whoami.cache-size = \"many\": write a number",
    "environment variable GATEWAY_PASSWORD: unknown setting gateway.password",
    "there is no property password",
    "routes/front.camel.yaml:8: worker:unix:/a.sock has weight=0",
  })
  void whatDoesNotIsShown(String text) {
    assertThat(hide(text)).isEqualTo(text);
  }

  @Test
  void whatIsKnownToBeSecretIsHiddenAnywhere() {
    assertThat(Secrets.hide("worker:unix:hunter2 has a relative path", List.of("hunter2")))
        .isEqualTo("worker:unix:(hidden) has a relative path");
  }

  @ParameterizedTest
  @CsvSource({
    "'abc', a worker abc is bad, a worker (hidden) is bad",
    "'abc', worker:unix:abc/xabc, worker:unix:(hidden)/xabc",
    "'12', routes/a.yaml:12: bad, routes/a.yaml:12: bad",
    "'p@ss word', worker:unix:p%40ss+word and p%40ss%20word, worker:unix:(hidden) and (hidden)",
    "' hunter2 ', worker:unix:hunter2, worker:unix:(hidden)",
    "'a$b\1', x a$b\1 x, x (hidden) x",
  })
  void whatIsKnownIsHiddenInWhateverFormItStands(String secret, String text, String shown) {
    assertThat(Secrets.hide(text, List.of(secret))).isEqualTo(shown);
  }

  @Test
  void ofTwoSecretsThatBeginAlikeBothAreHidden() {
    assertThat(Secrets.hide("hunter2 and hunter", List.of("hunter", "hunter2")))
        .isEqualTo("(hidden) and (hidden)");
  }
}
