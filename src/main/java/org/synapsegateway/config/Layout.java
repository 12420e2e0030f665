// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import java.util.List;

/** Where the files of a gateway are, seen from its working directory. */
public final class Layout {
  public static final String CONFIG = "config/application.properties";

  /** The key of Camel's that says which files have routes. */
  public static final String ROUTES = "camel.main.routesIncludePattern";

  /** The keys of Camel's that the gateway reads itself too. */
  static final List<String> READ_TOO =
      List.of(ROUTES, "camel.main.routesReloadDirectory", "camel.main.shutdownTimeout");

  public static final String ROUTE_FILES =
      "file:routes/*.camel.yaml,file:" + RouteDirectories.OWN + "/*.camel.yaml";

  private Layout() {}
}
