/** The commands, a class each: what they take, what they print and what they exit with. */
@NullMarked
package org.synapsegateway.cli;

import org.jspecify.annotations.NullMarked;
