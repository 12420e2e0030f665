// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.process;

import java.util.Collection;
import java.util.Comparator;
import org.apache.camel.CamelContext;
import org.apache.camel.main.DefaultRoutesCollector;
import org.apache.camel.spi.Resource;
import org.apache.camel.util.FileUtil;

/**
 * Has Camel load route files in the order of their names, whatever their directory, so that each
 * start is like the one before. Camel itself takes them in the order of a hash set.
 */
final class RoutesInOrder extends DefaultRoutesCollector {
  private static final Comparator<Resource> BY_NAME =
      Comparator.<Resource, String>comparing(file -> FileUtil.stripPath(file.getLocation()))
          .thenComparing(Resource::getLocation);

  @Override
  public Collection<Resource> findRouteResourcesFromDirectory(
      CamelContext context, String excludePattern, String includePattern) {
    return super.findRouteResourcesFromDirectory(context, excludePattern, includePattern).stream()
        .sorted(BY_NAME)
        .toList();
  }
}
