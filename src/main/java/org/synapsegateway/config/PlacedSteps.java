// SPDX-License-Identifier: Apache-2.0
package org.synapsegateway.config;

import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.model.InterceptDefinition;
import org.apache.camel.model.InterceptSendToEndpointDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.processor.DefaultProcessorFactory;
import org.apache.camel.reifier.ProcessorReifier;
import org.apache.camel.spi.ProcessorFactory;
import org.jspecify.annotations.Nullable;

/** Creates the processors of steps as Camel does, and names the place of a step that fails. */
public final class PlacedSteps extends DefaultProcessorFactory {
  private PlacedSteps() {}

  /** Installs itself in a context, for routes that are created from now on. */
  public static void use(CamelContext context) {
    context.getCamelContextExtension().addContextPlugin(ProcessorFactory.class, new PlacedSteps());
  }

  @Override
  public @Nullable Processor createProcessor(Route route, NamedNode step) throws Exception {
    try {
      Processor special = super.createProcessor(route, step);
      return special == null && step instanceof ProcessorDefinition<?> one && isMade(one)
          ? ProcessorReifier.reifier(route, one).createProcessor()
          : special;
    } catch (PlacedException e) {
      throw e;
    } catch (Exception e) {
      throw step instanceof ProcessorDefinition<?> one
          ? new PlacedException(RoutePlace.of(one), e)
          : e;
    }
  }

  /** Whether the step becomes a processor; Camel would make once more what becomes none. */
  private static boolean isMade(ProcessorDefinition<?> step) {
    return !(step instanceof InterceptDefinition)
        && !(step instanceof InterceptSendToEndpointDefinition);
  }
}
