/**
 * The workers behind the routes as an admin sees them: which there are, how they are, drained or
 * not.
 */
@NullMarked
package org.synapsegateway.fleet;

import org.jspecify.annotations.NullMarked;
