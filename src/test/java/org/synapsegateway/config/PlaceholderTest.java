// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes from outside for a placeholder is kept out of errors, however its name is spelt. */
class PlaceholderTest {
  private static final Map<String, String> ENVIRONMENT = Map.of("MY_DB_HOST", "hunter2");

  private static Set<String> secrets(String routes, Properties file, Properties system) {
    return Configuration.secrets(
        Placeholder.in(routes).collect(Collectors.toSet()), file, ENVIRONMENT, system);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{env:MY_DB_HOST}}",
        "{{env:my-db-host}}",
        "{{env:my.db.host}}",
        "{{env:My_Db_Host}}",
        "{{env.MY_DB_HOST}}",
        "{{?env:MY_DB_HOST}}",
        "{{env:MY_DB_HOST:localhost}}",
        "{{env:OTHER:{{env:my-db-host}}}}",
        "{{my.db.host}}",
        "{{ my-db-host }}",
        "worker:unix:/{{a}}/{{env:MY_DB_HOST}}.sock",
      })
  void aVariableIsFoundHoweverItIsSpelt(String route) {
    assertThat(secrets(route, new Properties(), new Properties())).containsExactly("hunter2");
  }

  @ParameterizedTest
  @CsvSource({"my.url, {{env:my-db-host}}", "my.url, http://{{MY_DB_HOST}}/"})
  void aPropertyThatAsksForOneIsLookedInto(String key, String value) {
    Properties properties = new Properties();
    properties.setProperty(key, value);
    assertThat(secrets("{{my.url}}", properties, new Properties())).containsExactly("hunter2");
    assertThat(secrets("{{my.url}}", new Properties(), properties)).containsExactly("hunter2");
  }

  @Test
  void aPropertyOfJavaIsFound() {
    Properties system = new Properties();
    system.setProperty("db.host", "hunter3");
    assertThat(secrets("{{sys:db.host}}", new Properties(), system)).containsExactly("hunter3");
  }

  @Test
  void whatNobodyAsksForIsNoSecretUnlessItsNameSoundsSo() {
    Properties file = new Properties();
    file.setProperty("greeting", "hello");
    file.setProperty("my.password", "hunter4");
    file.setProperty("gateway.access-log.secret", "hunter5");
    file.setProperty("management.token-group", "synapse-gateway"); // a word of many paths
    file.setProperty("MANAGEMENT_TOKEN_FILE", "state/token");
    assertThat(secrets("{{greeting}} {{gateway.port}}", file, new Properties()))
        .containsExactlyInAnyOrder("hunter4", "hunter5");
  }
}
