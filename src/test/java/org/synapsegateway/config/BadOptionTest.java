// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.synapsegateway.TestRoutes;
import org.synapsegateway.explain.DryRun;
import org.synapsegateway.fault.Fault;

/**
 * A malformed value of {@code -D}: the error names the key, the value and what to write instead.
 */
class BadOptionTest {
  @TempDir Path directory;

  private String error(String key, String value) throws IOException {
    Files.writeString(
        directory.resolve("front.camel.yaml"),
        TestRoutes.front("- to: worker:unix:/nowhere/a.sock"));
    System.setProperty(Layout.ROUTES, "file:" + directory + "/*.camel.yaml");
    System.setProperty(key, value);
    try {
      RuntimeException error =
          catchThrowableOfType(RuntimeException.class, () -> DryRun.start().close());
      assertThat(error).as("%s=%s", key, value).isNotNull();
      Fault fault = StartupError.faults(error).get(0);
      assertThat(fault.value()).isEqualTo(key);
      return fault.toString();
    } finally {
      System.clearProperty(key);
      System.clearProperty(Layout.ROUTES);
    }
  }

  /** One of each kind that a setting may be of. */
  @ParameterizedTest
  @CsvSource({
    "gateway.port, 65536, a number from 0 to 65535",
    "gateway.port, eighty, a number from 0 to 65535",
    "gateway.connections-max, -1, a number from 0 to 2147483647",
    "gateway.replay-max, 5 kB, 'a size with its unit, for example 512B, 16KiB or 50MiB'",
    "gateway.replay-max, 1GiB, less than 1GiB",
    "gateway.worker.body-max, 100, 'a size with its unit, for example 512B, 16KiB or 50MiB'",
    "gateway.client-head-timeout, 5, 'a duration with its unit, for example 500ms, 30s or 5m'",
    "gateway.gzip, 4, 'auto, off, or a size with its unit, for example 4KiB'",
    "gateway.access-log, common, 'one of off, combined, json'",
    "management.host, a b, 'an address or a name, for example 127.0.0.1, [::1] or localhost'",
    "gateway.workers.directory, run/synapse, a path that begins with /",
  })
  void theGatewaysOwn(String key, String value, String write) throws Exception {
    assertThat(error(key, value))
        .contains("command line (-D)", "%s = \"%s\": write %s".formatted(key, value, write));
  }

  @ParameterizedTest
  @CsvSource({
    "gateway.listen, 127.0.0.1:8008",
    "gateway.listen, http://127.0.0.1:8008?nothing",
    "gateway.trusted-proxies, proxy.example",
    "gateway.private-clients, 10.0.0.0/99",
    "gateway.request-id-field, a b",
  })
  void textsThatHaveAForm(String key, String value) throws Exception {
    assertThat(error(key, value)).contains("command line (-D)", key, value);
  }

  /** Camel would read files that the gateway has not checked. */
  @ParameterizedTest
  @CsvSource({
    "camel.main.routes-include-pattern, camel.main.routesIncludePattern",
    "camel.main.routesincludepattern, camel.main.routesIncludePattern",
    "camel.main.routes-reload-directory, camel.main.routesReloadDirectory",
    "camel.main.shutdown-timeout, camel.main.shutdownTimeout",
  })
  void otherSpellingsOfWhatTheGatewayReadsToo(String key, String write) throws Exception {
    assertThat(error(key, "40")).contains("command line (-D)", key + ": write " + write);
  }

  @ParameterizedTest
  @CsvSource({
    "camel.main.routesReloadDirectoryRecursive, maybe, true or false",
    "camel.main.streamCachingEnabled, maybe, true or false",
    "camel.main.shutdownTimeout, abc, a whole number",
    "camel.main.shutdownTimeout, 38s, a whole number",
    "camel.main.durationMaxSeconds, many, a whole number",
    "camel.main.shutdownLogInflightExchangesOnTimeout, 1s, true or false",
    "camel.component.direct.block, perhaps, true or false",
    "camel.component.direct.timeout, soon, 'a duration with its unit, for example 500ms, 30s or"
        + " 5m'",
  })
  void camelsOwn(String key, String value, String write) throws Exception {
    assertThat(error(key, value))
        .contains("command line (-D)", "%s = \"%s\": write %s".formatted(key, value, write));
  }
}
