/**
 * The management port: its connections, the pages that stand at its paths, and what they tell of
 * the gateway and do with its workers.
 */
@NullMarked
package org.synapsegateway.management;

import org.jspecify.annotations.NullMarked;
