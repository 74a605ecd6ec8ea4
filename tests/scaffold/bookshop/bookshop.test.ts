import { conformance } from '../../../connectors/kit/conformance.ts';
import { subject } from './conformance.ts';

conformance('bookshop', subject);
