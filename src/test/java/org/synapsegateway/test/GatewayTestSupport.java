// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.test;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.test.junit5.CamelContextConfiguration;
import org.apache.camel.test.main.junit5.CamelMainTestSupport;
import org.synapsegateway.settings.Setting;

/**
 * A test of the gateway's routes: loads those of {@link #routeFiles()} with the settings of {@code
 * config/application.properties}, if there is one, and mocks each worker.
 *
 * <p>No port is opened and no socket connected. A worker's mock, such as {@code
 * getMockEndpoint("mock:worker:unix:/run/matrix-synapse/inbound_main.sock")}, answers nothing until
 * the test tells it to. What else shall not be sent to is added to the mocks by {@link
 * #configureContext}.
 */
public abstract class GatewayTestSupport extends CamelMainTestSupport {
  private static final Path CONFIG = Path.of("config/application.properties");

  /** What is mocked. */
  protected static final String WORKERS = "worker:*";

  /** The files to load, as {@code camel.main.routesIncludePattern} names them. */
  protected String routeFiles() {
    return "file:routes/*.camel.yaml";
  }

  @Override
  protected void configure(MainConfigurationProperties configuration) {
    configuration.addConfiguration(new GatewayContext());
    configuration.setRoutesIncludePattern(routeFiles());
  }

  @Override
  public void configureContext(CamelContextConfiguration configuration) {
    super.configureContext(configuration);
    configuration.withMockEndpointsAndSkip(WORKERS);
    configuration.withUseOverridePropertiesWithPropertiesComponent(settings());
  }

  /** The settings: their defaults, and over them what the file says. */
  protected Properties settings() {
    Properties settings = new Properties();
    for (Setting setting : Setting.values()) {
      settings.setProperty(setting.key(), setting.defaultValue());
    }
    if (Files.exists(CONFIG)) {
      try (Reader file = Files.newBufferedReader(CONFIG)) {
        settings.load(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    // they belong to the test: which routes are loaded, and how long the end may take
    settings.keySet().removeIf(key -> key.toString().startsWith("camel.main."));
    return settings;
  }

  /** Sends a request through the front route. */
  protected final Routed send(RequestBuilder request) {
    return GatewayContext.send(context, request);
  }
}
