import { conformance } from '../kit/conformance.ts';
import { subject } from './conformance.ts';

conformance('yonyou', subject);
