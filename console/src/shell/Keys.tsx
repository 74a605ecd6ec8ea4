import { useNavigate } from '@tanstack/react-router';
import { Modal } from 'antd';
import { Fragment, type ReactNode, useEffect, useRef, useState } from 'react';
import { findBoxId } from './FindBox.tsx';
import { pages } from './pages.tsx';
import styles from './shell.module.css';
import { texts } from './texts.ts';

/** After this, `g` is forgotten. */
const togetherMs = 1_200;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Keys that work on every page, and the list of them. */
export function Keys(): ReactNode {
  const say = texts.useSay();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const goAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const page = pages.find(({ key }) => key === event.key);
      if (event.timeStamp - goAt.current < togetherMs && page) {
        void navigate({ to: page.to });
      } else if (event.key === '/') {
        document.getElementById(findBoxId)?.focus();
      } else if (event.key === '?') {
        setOpen(true);
      } else {
        goAt.current = event.key === 'g' ? event.timeStamp : Number.NEGATIVE_INFINITY;
        return;
      }
      goAt.current = Number.NEGATIVE_INFINITY;
      event.preventDefault();
    };
    window.addEventListener('keydown', hear);
    return () => window.removeEventListener('keydown', hear);
  }, [navigate]);
  return (
    <Modal title={say('keys')} open={open} onCancel={() => setOpen(false)} footer={null}>
      {say('keysLead')}
      <dl className={styles.keys}>
        <dt>
          <kbd>/</kbd>
        </dt>
        <dd>{say('keyFind')}</dd>
        {pages.map(({ name, key }) => (
          <Fragment key={key}>
            <dt>
              <kbd>g</kbd> <kbd>{key}</kbd>
            </dt>
            <dd>{say('keyPage', { page: say(name) })}</dd>
          </Fragment>
        ))}
        <dt>
          <kbd>?</kbd>
        </dt>
        <dd>{say('keyHelp')}</dd>
      </dl>
    </Modal>
  );
}
