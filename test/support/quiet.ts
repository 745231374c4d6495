import { Logger } from '@nestjs/common';

// What a test provokes is asserted by the test; in the output of a run it would only hide what matters.
Logger.overrideLogger(false);
