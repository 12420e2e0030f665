package org.synapsegateway;

/** Where the files of a gateway are, seen from its working directory. */
final class Layout {
  static final String CONFIG = "config/application.properties";

  /** The key of Camel's that says which files have routes. */
  static final String ROUTES = "camel.main.routesIncludePattern";

  static final String ROUTE_FILES =
      "file:routes/*.camel.yaml,file:" + RouteFiles.OWN + "/*.camel.yaml";

  private Layout() {}
}
